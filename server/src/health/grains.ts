/** How finely calls are counted, and how long each grain is kept: details for two days, hours for five weeks, days for more than a year. */
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const grains = {
  '5m': { lengthMs: 5 * minute, keptMs: 2 * day },
  hour: { lengthMs: hour, keptMs: 35 * day },
  day: { lengthMs: day, keptMs: 400 * day },
} as const;
export type Grain = keyof typeof grains;

export const checksKeptMs = 14 * day;
export const alertsKeptMs = 400 * day;

/** The beginning of the span that a time lies in, in UTC. */
export const grainStart = (grain: Grain, nowMs: number): Date =>
  new Date(Math.floor(nowMs / grains[grain].lengthMs) * grains[grain].lengthMs);
