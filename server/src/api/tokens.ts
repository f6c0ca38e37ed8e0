/** The names under which Nest hands out what has no class of its own. */
import type { CheckedIntegration } from '../health/check-integration.js';
import type { QueueState } from '../jobs/queue-state.js';

export const CHECK_NOW = Symbol('check now');
export const LOG = Symbol('log');
export const METRICS = Symbol('metrics');
export const QUEUE_STATE = Symbol('queue state');
/** The folder that keeps everything an instance writes. */
export const DATA_DIR = Symbol('data folder');
export const RING_BELL = Symbol('ring bell');

export interface RenderedMetrics {
  /** Prometheus text. */
  render(): string | Promise<string>;
}

/** Wakes a worker for a run that stands in the database. May fail: the sweeper rings again. */
export type RingBell = (run: { readonly tenantId: string; readonly runId: string }) => Promise<void>;

/** How the queue fares. Never rejects. */
export type AskQueueState = () => Promise<QueueState>;

/** Looks at an integration's source now, and writes down what it found. Throws Fault not_found. */
export type CheckNow = (of: { readonly tenantId: string; readonly integration: string }) => Promise<CheckedIntegration>;
