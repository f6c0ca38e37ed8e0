/** Checks OAuth 1.0a signatures of requests without a body (RFC 5849): the right key and secret, a fresh time, a nonce never seen. */
import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const FRESH_SECONDS = 300;

export class SignatureCheck {
  readonly #seen = new Set<string>();

  constructor(
    private readonly key: string,
    private readonly secret: string,
  ) {}

  accepts(request: IncomingMessage): boolean {
    const fields = fieldsOf(request.headers.authorization ?? '');
    if (!fields || fields.get('oauth_consumer_key') !== this.key) return false;
    const method = fields.get('oauth_signature_method');
    if (method !== 'HMAC-SHA1' && method !== 'HMAC-SHA256') return false;
    const time = Number(fields.get('oauth_timestamp'));
    const nonce = `${fields.get('oauth_timestamp')}/${fields.get('oauth_nonce')}`;
    if (!(Math.abs(Date.now() / 1000 - time) < FRESH_SECONDS) || this.#seen.has(nonce)) return false;
    const expected = createHmac(method === 'HMAC-SHA1' ? 'sha1' : 'sha256', `${escaped(this.secret)}&`)
      .update(baseText(request, fields))
      .digest('base64');
    if (fields.get('oauth_signature') !== expected) return false;
    this.#seen.add(nonce);
    return true;
  }
}

function fieldsOf(header: string): Map<string, string> | undefined {
  if (!/^OAuth /i.test(header)) return undefined;
  const parts = header.slice(6).matchAll(/([\w-]+)="([^"]*)"/g);
  return new Map([...parts].map(([, name, value]) => [name!, decodeURIComponent(value!)]));
}

function baseText(request: IncomingMessage, fields: Map<string, string>): string {
  const url = new URL(`http://${request.headers.host}${request.url}`);
  const signed = [...fields].filter(([name]) => name !== 'oauth_signature' && name !== 'realm');
  const pairs = [...signed, ...url.searchParams].map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  // Sorted by name and then value: the equals sign is below every character that a name may have after escaping, but not all.
  pairs.sort((a, b) => compare(a.split('=')[0]!, b.split('=')[0]!) || compare(a, b));
  return [request.method ?? 'GET', `http://${url.host}${url.pathname}`, pairs.join('&')].map(escaped).join('&');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
