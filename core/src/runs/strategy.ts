/** How an integration is read when nobody says otherwise: everything, what changed, or what changed with single records at once. */
import type { RunMode } from './run-report.js';

/**
 * full reads every collection. incremental reads what changed, and everything from time to time. real-time does the same, and
 * records that are marked as changed are read by their ids as soon as they are.
 */
export const strategies = ['full', 'incremental', 'real-time'] as const;
export type SyncStrategy = (typeof strategies)[number];

/** The mode of a run that is asked for without one. */
export const modeOf = (strategy: SyncStrategy): RunMode => (strategy === 'full' ? 'full' : 'incremental');
