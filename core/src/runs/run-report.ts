/**
 * The report of a run, the same from CLI and API, and the sums that must hold in it. A run whose sums do not hold has failed.
 */
import { z } from 'zod';
import { entityNames } from '../roster/entities.js';
import type { EntityName } from '../roster/field.js';
import { runStates } from './run-state.js';

/**
 * full and incremental read collections of the source, records single records by their ids; plan is a full read that stops before
 * applying; apply and undo carry out decisions.
 */
export const runModes = ['full', 'plan', 'incremental', 'records', 'apply', 'undo'] as const;
export type RunMode = (typeof runModes)[number];

const count = z.int().min(0);

export const entityCountsSchema = z
  .object({
    announced: count.nullable(),
    read: count,
    duplicate: count,
    distinct: count,
    rejected: count,
    staged: count,
    unchanged: count,
    /** Plan rows that the feed itself asked for. */
    planned: count,
    declined: count,
    ignored: count,
    created: count,
    updated: count,
    reactivated: count,
    deactivated: count,
    /** New records of the source that were joined with one we had, or parted from it again. */
    linked: count,
    /** Active links whose key was not in the feed. */
    missing: count,
    /** Plan rows that come from absence, after their grace or into a hold. */
    absent: count,
    held: count,
    blocked: count,
    stale: count,
    conflict: count,
    applied: count,
    /** Whether every key of the collection was provably read; without it nothing is taken away. */
    complete: z.boolean(),
  })
  .meta({ id: 'EntityCounts' });

export type EntityCounts = z.infer<typeof entityCountsSchema>;

export const runReportSchema = z
  .object({
    run: z.object({
      id: z.string(),
      state: z.enum(runStates),
      mode: z.enum(runModes),
      integration: z.string(),
      attempt: count,
      reason: z.string().nullable(),
      nextStep: z.string().nullable(),
    }),
    entities: z.record(z.enum(entityNames as [EntityName, ...EntityName[]]), entityCountsSchema),
    seconds: z.number(),
    recordsPerSecond: z.number(),
    peakRssMb: z.number(),
    holds: z.array(
      z.object({
        id: z.string(),
        entity: z.string(),
        operation: z.string(),
        scope: z.string(),
        rows: count,
        reason: z.string(),
        openedAt: z.string(),
      }),
    ),
    rejects: z.array(
      z.object({
        entity: z.string(),
        externalId: z.string().nullable(),
        code: z.string(),
        field: z.string().nullable(),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'RunReport' });

export type RunReport = z.infer<typeof runReportSchema>;

/** The sums that do not hold, each as one sentence; empty when the run adds up. `activeBefore` and `seen` count active links. */
export function sumsThatFail(counts: EntityCounts, links: { activeBefore: number; seen: number }): string[] {
  const c = counts;
  const checks: [string, number, number][] = [
    ['read = distinct + duplicate', c.read, c.distinct + c.duplicate],
    ['distinct = staged + rejected', c.distinct, c.staged + c.rejected],
    ['staged = unchanged + planned + declined + ignored', c.staged, c.unchanged + c.planned + c.declined + c.ignored],
    ['planned + absent = applied + held + blocked + stale + conflict', c.planned + c.absent, settled(c)],
    ['applied = created + updated + reactivated + deactivated + linked', c.applied, changed(c)],
    ['active links before = seen + missing', links.activeBefore, links.seen + c.missing],
  ];
  return checks
    .filter(([, left, right]) => left !== right)
    .map(([sum, left, right]) => `${sum}: ${left} is not ${right}`);
}

const settled = (c: EntityCounts): number => c.applied + c.held + c.blocked + c.stale + c.conflict;
const changed = (c: EntityCounts): number => c.created + c.updated + c.reactivated + c.deactivated + c.linked;
