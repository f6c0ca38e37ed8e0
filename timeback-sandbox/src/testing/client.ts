/** For tests: a sandbox listening on a free port of this process, and a small client that speaks to it over real HTTP. */
import { createSandboxServer } from '../server.js';
import type { AddressInfo } from 'node:net';
import { presets } from '../presets.js';
import type { SandboxSettings } from '../sandbox.js';

interface Reference {
  sourcedId: string;
  name: string;
}

/** The fields that tests look at, of all entities together; a row has those of its own. */
export interface Row {
  sourcedId: string;
  status: string;
  dateLastModified: string;
  email: string;
  givenName: string;
  familyName: string;
  birthDate: string;
  role: string;
  grades: string[];
  roles: { role: string; org: Reference }[];
  agents: Reference[];
  primaryOrg: Reference;
  user: Reference;
  class: Reference;
  school: Reference;
  parent: Reference;
  [field: string]: unknown;
}

interface Body {
  users: Row[];
  usersList: Row[];
  totalCount: number;
  access_token: string;
  error: string;
  [field: string]: unknown;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** an empty object when the text is not JSON */
  body: Body;
  isJson: boolean;
}

/** What controls answer, all of them together; an answer has its own part. */
export interface ControlAnswer {
  edited: Record<string, number>;
  total: number;
  modifiedAt: string;
  sourcedIds: string[];
  rows: Record<string, number>;
  lost: string;
  added: { id: number };
  rules: unknown[];
  requests: Record<string, number>;
  maxInFlight: number;
  [field: string]: unknown;
}

export type Totals = Record<string, { rows: number; active: number }>;

export const rowsOf = (reply: Reply, listKey: string) => reply.body[listKey] as Row[];

export class TestSandbox {
  #token = '';

  private constructor(
    readonly baseUrl: string,
    readonly settings: SandboxSettings,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start(change: Partial<SandboxSettings> = {}): Promise<TestSandbox> {
    const client = { id: 'test-client', secret: 'test-secret' };
    const settings = { seed: 7, students: 300, client, tokenSeconds: 3600, preset: presets.beyond, ...change };
    const server = createSandboxServer(settings);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    const sandbox = new TestSandbox(`http://127.0.0.1:${port}`, settings, async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    });
    await sandbox.login();
    return sandbox;
  }

  async close(): Promise<void> {
    await this.stop();
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await fetch(this.baseUrl + path, init);
    const text = await response.text();
    const json = parse(text);
    const body = (json ?? {}) as Body;
    return { status: response.status, headers: response.headers, text, body, isJson: json !== undefined };
  }

  async login(): Promise<void> {
    const { id, secret } = this.settings.client;
    const { oneRoster } = this.settings.preset;
    const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
    const asked = new URLSearchParams(form);
    if (oneRoster) asked.set('scope', oneRoster.scopes.join(' '));
    const body = asked.toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await this.fetch(this.settings.preset.tokenPath, { method: 'POST', headers, body });
    this.#token = reply.body.access_token;
  }

  /** A read below the rostering base, with the bearer token. */
  get(path: string, params: Record<string, string | number> = {}, more: Record<string, string> = {}): Promise<Reply> {
    const query = new URLSearchParams(
      Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const url = `${this.settings.preset.base}/${path}${query.size > 0 ? `?${query}` : ''}`;
    return this.fetch(url, { headers: { authorization: `Bearer ${this.#token}`, ...more } });
  }

  /** A write below the rostering base; a text goes as it is. */
  send(method: string, path: string, body?: object | string): Promise<Reply> {
    const text = typeof body === 'string' ? body : body && JSON.stringify(body);
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    return this.fetch(`${this.settings.preset.base}/${path}`, { method, headers, ...(text ? { body: text } : {}) });
  }

  /** Every row of a collection, page by page. */
  async all(collection: string, listKey = collection, limit = this.settings.preset.maxLimit): Promise<Row[]> {
    const rows: Row[] = [];
    for (let offset = 0; ; offset += limit) {
      const reply = await this.get(`${collection}/`, { limit, offset });
      const page = rowsOf(reply, listKey);
      rows.push(...page);
      if (page.length < limit) return rows;
    }
  }

  /** A control call; GET without a body, else POST. */
  async control(name: string, body?: object): Promise<ControlAnswer> {
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    const reply = await this.fetch(`/control/${name}`, init);
    if (reply.status !== 200) throw new Error(`control/${name}: ${reply.status} ${reply.text}`);
    return reply.body as unknown as ControlAnswer;
  }

  async totals(): Promise<Totals> {
    return (await this.control('totals')) as unknown as Totals;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
