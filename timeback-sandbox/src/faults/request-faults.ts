/** Faults that answer instead of the API, and those that spoil an answer on its way out. */
import { type Answer, errorBody } from '../answers.js';
import type { Hits } from './rules.js';
import type { ErrorShape } from '../oneroster/profile.js';
import { shapedError } from '../oneroster/error-bodies.js';

const HTML =
  '<!doctype html><html><head><title>Maintenance</title></head><body><h1>We will be right back</h1></body></html>';
const DATE_AHEAD_MS = 2000;

function retryAfter(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (value === 'date') return { 'retry-after': new Date(Date.now() + DATE_AHEAD_MS).toUTCString() };
  return { 'retry-after': String(value) };
}

/** An answer in place of the real one, if a fault asks for it. */
export function interrupt(hits: Hits): Answer | undefined {
  const limited = hits['rate-limit'];
  if (limited) {
    return { status: 429, body: errorBody(429, 'Too many requests.'), headers: retryAfter(limited.retryAfter) };
  }
  if (hits.error) {
    const status = hits.error.status as number;
    return {
      status,
      ...shapedError((hits.error.shape as ErrorShape) ?? 'root', status, `Sandbox fault: status ${status}.`),
    };
  }
  if (hits.html) return { status: 200, body: HTML, type: 'text/html; charset=utf-8' };
  if (hits['empty-body']) return { status: 200, body: '' };
  return undefined;
}

export function spoilAnswer(answer: Answer, hits: Hits): Answer {
  if (hits.truncate) return { ...answer, body: Buffer.from(answer.body.slice(0, Math.floor(answer.body.length / 2))) };
  return hits.close ? { ...answer, closeAfter: 0.5 } : answer;
}
