/**
 * Stands before a source and spoils its answers in ways that a sound server never would: bytes that are no text, bodies of another
 * length or kind than they say, numbers and strings at the edge of what JSON can hold.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

export interface Spoilt {
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `body` is what the source said, a page of the collection. */
export type Spoiler = (body: Buffer) => Spoilt;

const text = (value: string, headers?: Spoilt['headers']): Spoilt => ({
  body: Buffer.from(value),
  ...(headers ? { headers } : {}),
});

/** Answers that are not what they should be, as a whole. */
export const spoiltAnswers = {
  'not JSON': (body) => text(body.toString().replaceAll('"', "'")),
  'JSON of another shape': () => text('[1,2,3]'),
  null: () => text('null'),
  'a number too many': (body) => text(`${body.toString()}7`),
  'a byte order mark': (body) => ({ body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]) }),
  'a length that is too short': (body) => ({ body, headers: { 'content-length': String(body.length - 40) } }),
  'a length that is too long': (body) => ({ body, headers: { 'content-length': String(body.length + 40) } }),
  'another kind of content': (body) => ({ body, headers: { 'content-type': 'image/png' } }),
  'a gzip that is none': (body) => ({ body, headers: { 'content-encoding': 'gzip' } }),
  'a gzip bomb': () => ({ body: gzipSync(Buffer.alloc(24 * 2 ** 20, 0x20)), headers: { 'content-encoding': 'gzip' } }),
  'a link to another host': (body) => ({ body, headers: { link: '<http://127.0.0.1:9/next>; rel="next"' } }),
} satisfies Record<string, Spoiler>;

/** Answers in which one row holds what is hard to hold. `$` stands where the row's first name or title was. */
const inRow =
  (change: (value: string) => string): Spoiler =>
  (body) =>
    text(body.toString().replace(field, (all, name: string, value: string) => `"${name}":${change(value)}`));
const field = /"(givenName|title|name)":"([^"]*)"/;

export const spoiltRows = {
  'a lone surrogate': inRow((value) => `"${value}\\ud800"`),
  'an escaped NUL': inRow((value) => `"${value}\\u0000"`),
  'a million letters': inRow(() => `"${'x'.repeat(1_000_000)}"`),
  Infinity: inRow(() => '1e999'),
  'twenty digits': inRow(() => '12345678901234567890'),
  'a list': inRow((value) => `["${value}"]`),
  'a depth of ten thousand': (body) =>
    text(
      body
        .toString()
        .replace('"metadata":{', `"metadata":{"deep":${'['.repeat(10_000)}${']'.repeat(10_000)},`)
        .replace(',}', '}'),
    ),
  'a key twice': inRow((value) => `"first","title":"${value}","givenName":"${value}","name":"${value}"`),
  'a prototype': (body) => text(body.toString().replace('"metadata":{', '"__proto__":{"isAdmin":true},"metadata":{')),
  'bytes that are no text': (body) => {
    const at = body.indexOf('"sourcedId":"') + 60;
    const broken = Buffer.from(body);
    const name =
      broken.indexOf('"title":"', at) > 0 ? broken.indexOf('"title":"', at) + 9 : broken.indexOf('Name":"', at) + 7;
    broken[name] = 0xff;
    return { body: broken };
  },
} satisfies Record<string, Spoiler>;

export class ManglingSource {
  /** How many answers were spoilt. */
  spoilt = 0;

  private constructor(
    private readonly server: Server,
    readonly baseUrl: string,
  ) {}

  /** Spoils the answers whose address has `part` in it, `times` times at most. */
  static async open(source: string, part: string, spoiler: Spoiler, times = Infinity): Promise<ManglingSource> {
    const server = createServer((request, response) => {
      void mangling.#answer(source, request, response, part, spoiler, times).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const mangling = new ManglingSource(server, `http://127.0.0.1:${port}`);
    return mangling;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  async #answer(
    source: string,
    request: IncomingMessage,
    response: ServerResponse,
    part: string,
    spoiler: Spoiler,
    times: number,
  ): Promise<void> {
    const body: Buffer[] = [];
    for await (const piece of request) body.push(piece as Buffer);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const answer = await fetch(`${source}${request.url}`, {
      method: request.method!,
      headers: { authorization, ...(type ? { 'content-type': type } : {}) },
      ...(body.length > 0 ? { body: Buffer.concat(body) } : {}),
    });
    const sound = Buffer.from(await answer.arrayBuffer());
    const isMine = answer.ok && request.url!.includes(part) && this.spoilt < times;
    if (isMine) this.spoilt += 1;
    const { body: bytes, headers = {} } = isMine ? spoiler(sound) : { body: sound };
    const date = answer.headers.get('date');
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
      ...(date ? { date } : {}),
      ...headers,
    });
    response.end(bytes);
  }
}
