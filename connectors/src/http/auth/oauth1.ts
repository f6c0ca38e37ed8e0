/**
 * Signs one request as OAuth 1.0a asks (RFC 5849): pure, so that the same request, nonce and time always give the same header.
 * OneRoster 1.1 sources sign in this way, with two legs: a consumer key and secret, no token.
 */
import { createHmac } from 'node:crypto';

export interface OAuth1Request {
  readonly method: string;
  /** With its query, as it goes out. */
  readonly url: string;
  /** The pairs of a form body; other bodies are not part of the signature. */
  readonly form?: URLSearchParams | undefined;
}

export interface OAuth1Credentials {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token?: string | undefined;
  readonly tokenSecret?: string | undefined;
  /** HMAC-SHA256 unless the source knows only the RFC's own. */
  readonly signatureMethod?: 'HMAC-SHA1' | 'HMAC-SHA256' | undefined;
  readonly realm?: string | undefined;
}

export interface OAuth1Moment {
  /** Never used twice with one timestamp. */
  readonly nonce: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Further `oauth_` parameters, for example a callback. */
  readonly extra?: Readonly<Record<string, string>> | undefined;
}

/** The value of the Authorization header. */
export function signOAuth1(request: OAuth1Request, credentials: OAuth1Credentials, moment: OAuth1Moment): string {
  const method = credentials.signatureMethod ?? 'HMAC-SHA256';
  const protocol: Record<string, string> = {
    oauth_consumer_key: credentials.consumerKey,
    ...(credentials.token === undefined ? {} : { oauth_token: credentials.token }),
    oauth_signature_method: method,
    oauth_timestamp: String(moment.timestamp),
    oauth_nonce: moment.nonce,
    ...moment.extra,
  };
  const key = `${encoded(credentials.consumerSecret)}&${encoded(credentials.tokenSecret ?? '')}`;
  const hash = method === 'HMAC-SHA1' ? 'sha1' : 'sha256';
  const signature = createHmac(hash, key).update(signatureBase(request, protocol)).digest('base64');
  const fields = Object.entries({ ...protocol, oauth_signature: signature }).map(
    ([name, value]) => `${encoded(name)}="${encoded(value)}"`,
  );
  // A realm may hold characters that would end the quoted text.
  if (credentials.realm !== undefined)
    fields.unshift(`realm="${credentials.realm.replaceAll(/[\\"]/g, (found) => `\\${found}`)}"`);
  return `OAuth ${fields.join(', ')}`;
}

/** What is signed (RFC 5849, 3.4.1): method, address without query, and all parameters in one order. */
export function signatureBase(request: OAuth1Request, protocol: Readonly<Record<string, string>>): string {
  const url = new URL(request.url);
  const pairs = [...url.searchParams, ...(request.form ?? []), ...Object.entries(protocol)]
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)));
  const parameters = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  // URL leaves the default port out and lowers the host's letters, as 3.4.1.2 asks.
  const address = `${url.protocol}//${url.host}${url.pathname}`;
  return [request.method.toUpperCase(), address, parameters].map(encoded).join('&');
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** RFC 5849, 3.6: all but letters, digits and `-._~`, stricter than a form and than `encodeURIComponent`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (found) => `%${found.codePointAt(0)!.toString(16).toUpperCase()}`);
