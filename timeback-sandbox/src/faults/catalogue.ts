/** Every fault that can be switched on, with the parameters it takes. */
import { type Check, flag, text, wholeFrom } from '../body.js';

export interface FaultSpec {
  params: Record<string, Check>;
  required?: string[];
}

const status: Check = wholeFrom(400, 599);

export const faultCatalogue = {
  delay: { params: { ms: wholeFrom(0, 600_000) }, required: ['ms'] },
  error: { params: { status }, required: ['status'] },
  'rate-limit': {
    // seconds, or "date" for a Retry-After date two seconds ahead, or a header value as it stands; absent: no header
    params: { retryAfter: (v) => (typeof v === 'number' ? wholeFrom(0, 86_400)(v) : text(v)) },
  },
  truncate: { params: {} },
  html: { params: {} },
  'duplicate-rows': { params: { count: wholeFrom(1, 3000) } },
  drift: { params: {} },
  clamp: { params: { limit: wholeFrom(1, 3000) }, required: ['limit'] },
  'wrong-total': { params: { delta: (v) => (Number.isInteger(v) ? undefined : 'a whole number'), absent: flag } },
  'ignore-offset': { params: {} },
  'error-past-end': { params: { status } },
  close: { params: {} },
  'token-expiry': { params: { uses: wholeFrom(0) }, required: ['uses'] },
  'wrong-key': { params: {} },
  'empty-body': { params: {} },
} satisfies Record<string, FaultSpec>;

export type FaultName = keyof typeof faultCatalogue;
export const faultNames = Object.keys(faultCatalogue) as FaultName[];
