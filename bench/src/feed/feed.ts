/**
 * Reads the sandbox's pages as plainly as can be: node:http with keep-alive, three pages in flight, the same order and
 * authentication as the product. All loaders but the product read through it.
 */
import { hash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { collections, type Collection, type WireRow } from './collections.js';

export const pageRows = 3000;
const inFlight = 3;

export interface Page {
  readonly collection: Collection;
  readonly offset: number;
  readonly rows: readonly WireRow[];
  readonly total: number;
  readonly digest: string;
}

export class Feed {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  #token = '';

  constructor(private readonly baseUrl: string) {}

  /** Signs in; part of the work that is timed, as it is the product's first request too. */
  async open(): Promise<this> {
    const body = 'grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret';
    const answer = await this.#send('/oauth2/token', 'POST', body);
    this.#token = (JSON.parse(answer.toString()) as { access_token: string }).access_token;
    return this;
  }

  async page(collection: Collection, offset: number, limit = pageRows): Promise<Page> {
    const query = `limit=${limit}&offset=${offset}&sort=sourcedId&orderBy=asc`;
    const bytes = await this.#send(`/ims/oneroster/rostering/v1p2/${collection.name}/?${query}`);
    const body = JSON.parse(bytes.toString()) as Record<string, unknown>;
    const rows = body[collection.name] as WireRow[];
    return { collection, offset, rows, total: body.totalCount as number, digest: hash('sha256', bytes, 'hex') };
  }

  /** Reads everything; `work` holds its page's place in flight until it is done. Returns the number of rows. */
  async each(work: (page: Page) => Promise<void>): Promise<number> {
    const waiting = collections.map((collection) => ({ collection, offset: 0 }));
    let rows = 0;
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const page = await this.page(next.collection, next.offset);
        if (next.offset === 0)
          for (let offset = pageRows; offset < page.total; offset += pageRows)
            waiting.push({ collection: next.collection, offset });
        rows += page.rows.length;
        await work(page);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    return rows;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(path: string, method = 'GET', body?: string): Promise<Buffer> {
    const headers = body
      ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
      : { authorization: `Bearer ${this.#token}` };
    return new Promise((resolve, reject) => {
      const sent = request(this.baseUrl + path, { agent: this.#agent, method, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          answer.statusCode === 200
            ? resolve(Buffer.concat(parts))
            : reject(new Error(`the sandbox answered ${answer.statusCode} to ${path}`)),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
