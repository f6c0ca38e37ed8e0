/** Reads a Retry-After header, seconds or HTTP date (RFC 9110, 10.2.3), capped so that an absurd value cannot park a run for ever. */
const capMs = 3_600_000;

/** Milliseconds to wait, or null when the header is missing or says nothing readable. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim();
  if (!text) return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - nowMs) / 1000;
  if (Number.isNaN(seconds)) return null;
  return Math.min(capMs, Math.max(0, Math.round(seconds * 1000)));
}
