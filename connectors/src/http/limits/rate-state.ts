/**
 * The arithmetic of one limit, in microseconds: a token bucket for the pace, a sliding window for the quota, what the provider itself
 * says is left, and a stop that it asked for. All must agree. Pure; the script for Redis does the same sums.
 */
import type { RateLimit } from '../../ports.js';

export interface RateState {
  /** When the bucket will be full again. */
  fullAt: number;
  /** Calls by slot of the window, and their sum. A slot is forgotten when all of it is past: never too early. */
  slots: Map<number, number>;
  sum: number;
  slotWidth: number;
  blockedUntil: number;
  /** Calls that the provider leaves us until `quotaUntil`. */
  quota: number;
  quotaUntil: number;
}

export const windowSlots = 20;
/** Against the rounding of binary fractions, in tokens. */
const epsilon = 1e-9;

export const newRateState = (): RateState => ({
  fullAt: 0,
  slots: new Map(),
  sum: 0,
  slotWidth: 0,
  blockedUntil: 0,
  quota: 0,
  quotaUntil: 0,
});

export interface Decision {
  readonly granted: number;
  /** Until the next one may be granted; 0 when all were. */
  readonly waitUs: number;
}

/** Grants up to `wanted` calls; `reserved` is the share of each limit that this caller must leave to others. */
export function decide(
  state: RateState,
  limit: RateLimit | null,
  wanted: number,
  reserved: number,
  nowUs: number,
): Decision {
  if (nowUs < state.blockedUntil) return { granted: 0, waitUs: state.blockedUntil - nowUs };
  const rules = [
    ...(limit ? [bucketRule(state, limit, reserved, nowUs), windowRule(state, limit, reserved, nowUs)] : []),
    ...(nowUs < state.quotaUntil ? [{ left: state.quota, nextUs: state.quotaUntil - nowUs }] : []),
  ];
  const granted = Math.max(0, Math.min(wanted, ...rules.map(({ left }) => left)));
  if (granted > 0) spend(state, limit, granted, nowUs);
  const waits = rules.map(({ left, nextUs }) => (left <= granted ? nextUs : 0));
  return { granted, waitUs: granted < wanted ? Math.max(1, ...waits) : 0 };
}

/** Rounded down: of a limit of one, nothing can be kept for others. */
const kept = (whole: number, reserved: number): number => Math.floor(whole * reserved + epsilon);

interface Rule {
  readonly left: number;
  readonly nextUs: number;
}

function bucketRule(state: RateState, { perSecond, burst }: RateLimit, reserved: number, nowUs: number): Rule {
  const interval = 1e6 / perSecond;
  const tokens = burst - Math.max(0, state.fullAt - nowUs) / interval - kept(burst, reserved);
  const left = Math.max(0, Math.floor(tokens + epsilon));
  return { left, nextUs: Math.ceil((left + 1 - tokens) * interval) };
}

function windowRule(state: RateState, { perWindow, windowMs }: RateLimit, reserved: number, nowUs: number): Rule {
  const width = (windowMs * 1000) / windowSlots;
  slide(state, width, nowUs);
  const left = Math.max(0, perWindow - kept(perWindow, reserved) - state.sum);
  const oldest = state.slots.keys().next().value ?? Math.floor(nowUs / width);
  return { left, nextUs: Math.ceil((oldest + windowSlots + 1) * width - nowUs) };
}

function slide(state: RateState, width: number, nowUs: number): void {
  const present = Math.floor(nowUs / width);
  if (state.slotWidth !== width) {
    // The limit was changed: what was counted counts as if it were now.
    state.slots = new Map(state.sum > 0 ? [[present, state.sum]] : []);
    state.slotWidth = width;
  }
  for (const [slot, count] of state.slots) {
    if (slot + windowSlots >= present) break;
    state.slots.delete(slot);
    state.sum -= count;
  }
}

function spend(state: RateState, limit: RateLimit | null, count: number, nowUs: number): void {
  if (nowUs < state.quotaUntil) state.quota -= count;
  if (!limit) return;
  state.fullAt = Math.max(state.fullAt, nowUs) + (count * 1e6) / limit.perSecond;
  const slot = Math.floor(nowUs / state.slotWidth);
  state.slots.set(slot, (state.slots.get(slot) ?? 0) + count);
  state.sum += count;
}
