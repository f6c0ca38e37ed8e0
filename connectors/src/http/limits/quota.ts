/**
 * What a provider says is left, from the headers in use: `RateLimit` of the drafts (`r=…;t=…`), its older three-header form, and
 * `X-RateLimit-*`, whose reset is seconds or a time. Anything unclear says nothing.
 */
import type { Quota } from '../../ports.js';

/** Seconds; a larger number is a time since 1970. */
const latestReset = 100_000_000;
const capMs = 3_600_000;

export function quotaIn(header: (name: string) => string | null, nowMs: number): Quota | null {
  const combined = header('ratelimit');
  const [left, reset] = combined
    ? [parameter(combined, 'r'), parameter(combined, 't')]
    : [
        number(header('ratelimit-remaining') ?? header('x-ratelimit-remaining')),
        number(header('ratelimit-reset') ?? header('x-ratelimit-reset')),
      ];
  if (left === null || reset === null) return null;
  const resetMs = reset > latestReset ? reset * (reset > latestReset * 1000 ? 1 : 1000) - nowMs : reset * 1000;
  return resetMs > 0 ? { left: Math.floor(left), resetMs: Math.min(capMs, resetMs) } : null;
}

const parameter = (text: string, name: string): number | null =>
  number(new RegExp(`(?:^|[;,\\s])${name}=(\\d+)`).exec(text)?.[1] ?? null);

const number = (text: string | null): number | null =>
  text && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null;
