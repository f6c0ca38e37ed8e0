/** Every fault that can be switched on, with the parameters it takes. */
import { type Check, flag, oneOf, text, wholeFrom } from '../body.js';
import { errorShapes } from '../oneroster/profile.js';

export interface FaultSpec {
  params: Record<string, Check>;
  required?: string[];
  /** the requests that it can hit and that count for its times and everyNth; without it: all */
  only?: 'lists' | 'later pages';
}

const status: Check = wholeFrom(400, 599);

export const faultCatalogue = {
  delay: { params: { ms: wholeFrom(0, 600_000) }, required: ['ms'] },
  // shape: of the body, where it is not the platform's own; status 200 brings an error's body with a success
  error: { params: { status: wholeFrom(200, 599), shape: oneOf(errorShapes) }, required: ['status'] },
  'rate-limit': {
    // seconds, or "date" for a Retry-After date two seconds ahead, or a header value as it stands; absent: no header
    params: { retryAfter: (v) => (typeof v === 'number' ? wholeFrom(0, 86_400)(v) : text(v)) },
  },
  truncate: { params: {} },
  html: { params: {} },
  'duplicate-rows': { params: { count: wholeFrom(1, 3000) }, only: 'lists' },
  drift: { params: {}, only: 'later pages' },
  clamp: { params: { limit: wholeFrom(1, 3000) }, required: ['limit'], only: 'lists' },
  'wrong-total': {
    params: { delta: (v) => (Number.isInteger(v) ? undefined : 'a whole number'), absent: flag },
    only: 'lists',
  },
  'ignore-offset': { params: {}, only: 'later pages' },
  'error-past-end': { params: { status }, only: 'later pages' },
  close: { params: {} },
  'token-expiry': { params: { uses: wholeFrom(0) }, required: ['uses'] },
  'wrong-key': { params: {}, only: 'lists' },
  'empty-body': { params: {} },
  'ignore-limit': { params: {}, only: 'lists' },
  'ignore-filter': { params: {}, only: 'lists' },
  'refuse-filter': { params: {}, only: 'lists' },
} satisfies Record<string, FaultSpec>;

export type FaultName = keyof typeof faultCatalogue;
export const faultNames = Object.keys(faultCatalogue) as FaultName[];
