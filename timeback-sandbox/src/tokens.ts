/** The token endpoint (client credentials, as AWS Cognito answers) and the check of bearer tokens. Tokens live in memory only. */
import { type Answer, json } from './answers.js';
import type { IncomingMessage } from 'node:http';
import { randomBytes } from 'node:crypto';
import { readText } from './body.js';

export interface Client {
  id: string;
  secret: string;
}

interface Token {
  expiresAtMs: number;
  uses: number;
}

export class Tokens {
  readonly #live = new Map<string, Token>();

  constructor(
    private client: Client,
    private readonly lifetimeSeconds: number,
    /** where they are given, a token is asked for with one of them or more */
    private readonly scopes?: readonly string[],
  ) {}

  async mint(request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'POST') return json(405, { error: 'invalid_request' });
    const form = new URLSearchParams(await readText(request));
    const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const [id, secret] = basic ? splitBasic(basic) : [form.get('client_id'), form.get('client_secret')];
    if (id !== this.client.id || secret !== this.client.secret) {
      return json(basic ? 401 : 400, { error: 'invalid_client' });
    }
    const grant = form.get('grant_type');
    if (grant !== 'client_credentials') {
      return json(400, { error: grant ? 'unsupported_grant_type' : 'invalid_request' });
    }
    const asked = (form.get('scope') ?? '').split(' ');
    if (this.scopes && !asked.every((scope) => this.scopes!.includes(scope)))
      return json(400, { error: 'invalid_scope' });
    return json(200, { access_token: this.#issue(), expires_in: this.lifetimeSeconds, token_type: 'Bearer' });
  }

  /** usesAllowed: a fault that lets a token die after so many uses. */
  accepts(request: IncomingMessage, usesAllowed = Infinity): boolean {
    const text = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const token = text === undefined ? undefined : this.#live.get(text);
    if (!token || token.expiresAtMs <= Date.now()) return false;
    token.uses += 1;
    return token.uses <= usesAllowed;
  }

  /** How many tokens died with the old secret. */
  rotate(secret: string): number {
    const revoked = this.#live.size;
    this.#live.clear();
    this.client = { ...this.client, secret };
    return revoked;
  }

  #issue(): string {
    const now = Date.now();
    for (const [text, token] of this.#live) if (token.expiresAtMs <= now) this.#live.delete(text);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { client_id: this.client.id, token_use: 'access', jti: randomBytes(12).toString('hex') };
    const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
    this.#live.set(token, { expiresAtMs: now + this.lifetimeSeconds * 1000, uses: 0 });
    return token;
  }
}

function splitBasic(encoded: string): [string, string] {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
}
