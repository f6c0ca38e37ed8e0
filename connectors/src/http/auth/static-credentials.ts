/** Credentials that go out the same with each request: an API key in a header, or a name and a password (RFC 7617). */
import type { RequestAuthorization } from './authorization.js';

export interface ApiKeySettings {
  readonly key: string;
  /** `X-API-Key` when left out. */
  readonly header?: string;
  /** For example `ApiKey `, before the key. */
  readonly prefix?: string;
}

export function apiKey({ key, header = 'X-API-Key', prefix = '' }: ApiKeySettings): RequestAuthorization {
  const headers = { [header]: `${prefix}${key}` };
  return { headers: async () => headers };
}

export interface BasicSettings {
  readonly user: string;
  readonly password: string;
}

export function basic({ user, password }: BasicSettings): RequestAuthorization {
  const headers = { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  return { headers: async () => headers };
}
