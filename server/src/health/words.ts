/** Times, spans and shares as people read them. */
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `10 minutes`, `1 hour`, `350 ms`; rounded down to the unit that says most. */
export function spanInWords(ms: number): string {
  if (ms < second) return `${Math.max(0, Math.round(ms))} ms`;
  for (const [unit, name] of [
    [day, 'day'],
    [hour, 'hour'],
    [minute, 'minute'],
    [second, 'second'],
  ] as const) {
    const count = Math.floor(ms / unit);
    if (count > 0) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return '0 seconds';
}

/** `2026-11-23 12:05 UTC`. */
export const timeInWords = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** From 0 to 1; `12.5 %`. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(share < 0.01 ? 2 : 1))} %`;
