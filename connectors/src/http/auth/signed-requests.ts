/**
 * Requests that carry a signature instead of a secret, new for each attempt: OAuth 1.0a as OneRoster 1.1 asks, and an HMAC over method,
 * address, time, nonce and the body's digest for sources that agree on that.
 */
import { createHmac, hash, randomBytes } from 'node:crypto';
import type { Clock } from '../../ports.js';
import type { RequestAuthorization } from './authorization.js';
import { signOAuth1, type OAuth1Credentials } from './oauth1.js';

type Nonce = () => string;
const newNonce: Nonce = () => randomBytes(16).toString('hex');

export function oauth1(credentials: OAuth1Credentials, clock: Clock, nonce: Nonce = newNonce): RequestAuthorization {
  return {
    async headers(request) {
      const moment = { nonce: nonce(), timestamp: Math.floor(clock.now() / 1000) };
      return { Authorization: signOAuth1(request, credentials, moment) };
    },
  };
}

export interface HmacSettings {
  readonly keyId: string;
  readonly secret: string;
}

/** What is signed, one to a line; the body by its digest, so that the line stays short. */
export const hmacText = (method: string, url: string, timestamp: string, nonce: string, body: string): string => {
  const { pathname, search } = new URL(url);
  return [method.toUpperCase(), `${pathname}${search}`, timestamp, nonce, hash('sha256', body, 'hex')].join('\n');
};

export function hmac({ keyId, secret }: HmacSettings, clock: Clock, nonce: Nonce = newNonce): RequestAuthorization {
  return {
    async headers({ method, url, body = '' }) {
      const timestamp = String(Math.floor(clock.now() / 1000));
      const once = nonce();
      const text = hmacText(method, url, timestamp, once, body);
      return {
        'X-Key-Id': keyId,
        'X-Timestamp': timestamp,
        'X-Nonce': once,
        'X-Signature': `v1,${createHmac('sha256', secret).update(text).digest('base64')}`,
      };
    },
  };
}
