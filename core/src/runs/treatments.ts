/**
 * The one table from what went wrong to what is done about it: every fault code, every family of database errors, and what nobody
 * foresaw, each with its class, the action, the state of the run, the wait before the next try, and whether patience is used up.
 */
import type { FaultCode } from '../fault.js';
import type { RunState } from './run-state.js';

/**
 * transient passes by itself; rate_limited passes when the source says so; auth ends with a new secret; permanent is the same however
 * often it is tried; poison is one record's fault; source_changed means that the source is no longer what we agreed on.
 */
export type ErrorClass = 'transient' | 'rate_limited' | 'auth' | 'permanent' | 'poison' | 'source_changed';

/**
 * retry: tried again by whoever comes next, the run's state stays. pause: the run waits and goes on by itself. quarantine: the record
 * is kept out and the rest goes on. hold: a person is asked. fail: the run is over.
 */
export type ErrorAction = 'retry' | 'pause' | 'quarantine' | 'hold' | 'fail';

/** Families of database errors; the SQLSTATEs that belong to each stand in sql-states.ts. */
export type DatabaseTrouble = 'database_away' | 'database_raced' | 'database_full' | 'database_refused_value';
export type Trouble = FaultCode | DatabaseTrouble | 'unforeseen';

export interface Treatment {
  readonly class: ErrorClass;
  readonly action: ErrorAction;
  /** Null leaves the run's state alone: it cannot be written, it is another's, or the rest of the run goes on. */
  readonly state: Extract<RunState, 'paused' | 'needs_attention' | 'failed'> | null;
  readonly backoff: Backoff;
  /** Whether so many stops in a row end with a person being asked. */
  readonly patience: boolean;
}

/** Milliseconds before the first and before any later try; the wait doubles in between. */
const backoffs = {
  none: { firstMs: 0, longestMs: 0 },
  outage: { firstMs: 5_000, longestMs: 15 * 60_000 },
  /** Somebody has to bring a new secret; asking too often may lock the account. */
  probe: { firstMs: 60_000, longestMs: 15 * 60_000 },
  storage: { firstMs: 5_000, longestMs: 5 * 60_000 },
  crash: { firstMs: 1_000, longestMs: 15 * 60_000 },
} as const;
export type Backoff = keyof typeof backoffs;

const paused = (of: ErrorClass, backoff: Backoff, patience: boolean): Treatment => ({
  ...{ class: of, action: 'pause', state: 'paused' },
  ...{ backoff, patience },
});
const asked = (of: ErrorClass): Treatment => ({
  ...{ class: of, action: 'hold', state: 'needs_attention' },
  ...{ backoff: 'none', patience: false },
});
const failed: Treatment = { class: 'permanent', action: 'fail', state: 'failed', backoff: 'none', patience: false };
const left: Treatment = { class: 'transient', action: 'retry', state: null, backoff: 'none', patience: false };

export const treatments: Readonly<Record<Trouble, Treatment>> = {
  source_unreachable: paused('transient', 'outage', true),
  source_rate_limited: paused('rate_limited', 'outage', false),
  source_unauthorised: paused('auth', 'probe', false),
  source_bad_response: asked('source_changed'),
  source_inconsistent: asked('source_changed'),
  lease_lost: left,
  run_does_not_add_up: failed,
  invalid_configuration: failed,
  invalid_input: asked('permanent'),
  not_found: asked('permanent'),
  stale_decision: asked('permanent'),
  integration_paused: asked('permanent'),
  wrong_state: asked('permanent'),
  busy: failed,
  overtaken: failed,
  unavailable: left,
  database_away: left,
  database_raced: paused('transient', 'crash', true),
  database_full: paused('transient', 'storage', false),
  database_refused_value: { class: 'poison', action: 'quarantine', state: null, backoff: 'none', patience: false },
  unforeseen: paused('transient', 'crash', true),
};

/** Stops in a row, without a page read in between, before a person is asked. */
export const patienceAllowed = 8;

/** Attempts in a row that may end in an error that nobody foresaw, before the run has failed. */
export const crashesAllowed = 5;

/** `stops` counts stops in a row, this one included. What the source asks for goes before our own measure. */
export function pauseMs(trouble: Trouble, stops: number, askedMs: number | null = null): number {
  const { firstMs, longestMs } = backoffs[treatments[trouble].backoff];
  return Math.min(longestMs, askedMs ?? firstMs * 2 ** Math.min(stops - 1, 20));
}
