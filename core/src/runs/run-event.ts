/**
 * The closed catalogue of what is written down while a run goes on: each kind with the figures that it carries. They are counts,
 * times, ids of our own and words of fixed lists or of our own making; nothing of a record is ever among them.
 */
import { z } from 'zod';
import type { EntityName } from '../roster/field.js';
import { runModes } from './run-report.js';
import { runStates } from './run-state.js';

const count = z.int().min(0);
const seconds = z.number().min(0);
/** A sentence that the code made, for example the public text of a fault. */
const sentence = z.string().max(500).nullable();
const held = {
  hold: z.uuid(),
  operation: z.enum(['create', 'update', 'reactivate', 'deactivate', 'relink', 'match', 'rekey', 'reuse']),
  rows: count,
};

export const runEventSchemas = {
  'run.requested': z.strictObject({ mode: z.enum(runModes), trigger: z.string().max(40) }),
  /** `silentMs`: how long nothing was heard of the worker before; null when it had let go of the run, or there was none. */
  'attempt.started': z.strictObject({ silentMs: count.nullable() }),
  'step.begun': z.strictObject({ step: z.enum(runStates) }),
  /** Waits that the source asked for; several requests may wait at the same time. */
  'source.waited': z.strictObject({ times: count, longestMs: count }),
  'read.begun-anew': z.strictObject({ because: sentence }),
  /** `retries`, `waits`, `seconds` and `rate` are of the attempt that ended the read; rows and pages are all there are. */
  'read.completed': z.strictObject({
    rows: count,
    pages: count,
    retries: count,
    waits: count,
    waitedMs: count,
    seconds,
    rate: count,
    /** Whether it was a read of what had changed since the run before. */
    partial: z.boolean(),
    fullBecause: sentence,
    incomplete: sentence,
  }),
  'plan.completed': z.strictObject({
    planned: count,
    absent: count,
    unchanged: count,
    rejected: count,
    declined: count,
    held: count,
    blocked: count,
    missing: count,
    /** Given more than once; ended at the source and never known here. */
    duplicate: count,
    ignored: count,
    seconds,
  }),
  'hold.opened': z.strictObject(held),
  'hold.refreshed': z.strictObject(held),
  'hold.closed': z.strictObject({ hold: z.uuid(), rows: count, because: sentence }),
  'hold.decided': z.strictObject({ hold: z.uuid(), decision: z.enum(['approved', 'declined']), rows: count }),
  /** After other integrations of the tenant. */
  'turn.taken': z.strictObject({ seconds }),
  'apply.completed': z.strictObject({
    created: count,
    updated: count,
    reactivated: count,
    deactivated: count,
    /** Missing in events of before there was matching. */
    linked: count.optional(),
    chunks: count,
    seconds,
    rate: count,
  }),
  'run.paused': z.strictObject({ reason: sentence, resumeInMs: count.nullable() }),
  /** A person paused the integration, and let it go on. Their reasons stand with the integration. */
  'run.rested': z.strictObject({}),
  'run.woken': z.strictObject({}),
  'run.stopped': z.strictObject({ reason: sentence }),
  'run.ended': z.strictObject({ state: z.enum(runStates), reason: sentence }),
} as const;

export type RunEventKind = keyof typeof runEventSchemas;
export type RunEventFigures<K extends RunEventKind> = z.infer<(typeof runEventSchemas)[K]>;

export const runEventKinds = Object.keys(runEventSchemas) as RunEventKind[];

/** What is noted; the time and the attempt are the database's. */
export type NewRunEvent = {
  [K in RunEventKind]: { readonly kind: K; readonly entity?: EntityName; readonly figures: RunEventFigures<K> };
}[RunEventKind];

/** What was noted, as it is read back. */
export type RunEvent = {
  [K in RunEventKind]: {
    readonly kind: K;
    readonly entity: EntityName | null;
    readonly figures: RunEventFigures<K>;
    readonly at: Date;
    readonly attempt: number;
    /** Of an event about a hold: why it was held back, which names the school. */
    readonly holdReason: string | null;
  };
}[RunEventKind];
