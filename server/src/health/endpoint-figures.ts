/** What counted calls say of an endpoint or of all: how many, how many failed and how, and how long the answered ones took. */
import type { CallOutcome } from '@rollcall/connectors';
import type { CallCount } from '../store/call-stats.js';
import { addedLatencies, noLatencies, quantileMs } from './latency.js';

export interface CallFigures {
  readonly calls: number;
  /** Of the source's making: what we ended ourselves is no failure, and neither is a source that asks for less. */
  readonly failed: number;
  /** From 0 to 1; null without calls. */
  readonly availability: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly meanMs: number | null;
  readonly longestMs: number;
  /** Calls by what they came to, only what there was. */
  readonly outcomes: Readonly<Partial<Record<CallOutcome, number>>>;
}

const failures: readonly string[] = [
  'timed_out',
  'unreachable',
  'server_error',
  'unauthorised',
  'unreadable',
  'refused',
];

export function figuresOf(counts: readonly CallCount[]): CallFigures {
  const outcomes: Record<string, number> = {};
  let [calls, failed, answered, answeredMs, longestMs] = [0, 0, 0, 0, 0];
  let latencies: number[] = noLatencies();
  for (const count of counts) {
    outcomes[count.outcome] = (outcomes[count.outcome] ?? 0) + count.calls;
    calls += count.calls;
    if (failures.includes(count.outcome)) failed += count.calls;
    if (count.outcome !== 'answered') continue;
    answered += count.calls;
    answeredMs += count.totalMs;
    longestMs = Math.max(longestMs, count.longestMs);
    latencies = addedLatencies(latencies, count.latencies);
  }
  return {
    calls,
    failed,
    availability: calls === 0 ? null : 1 - failed / calls,
    p50Ms: quantileMs(latencies, 0.5, longestMs),
    p95Ms: quantileMs(latencies, 0.95, longestMs),
    meanMs: answered === 0 ? null : Math.round(answeredMs / answered),
    longestMs,
    outcomes,
  };
}

export const byOperation = (counts: readonly CallCount[]): Map<string, CallCount[]> =>
  Map.groupBy(counts, (count) => count.operation) as Map<string, CallCount[]>;
