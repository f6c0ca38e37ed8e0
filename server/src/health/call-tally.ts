/**
 * Counts the calls of this process to sources, by tenant, integration, endpoint and outcome, and writes the counts down now and then.
 * What could not be written is kept for the next time; the number of counts is bounded whatever calls there are.
 */
import type { CallWatch, Clock, SeenCall } from '@rollcall/connectors';
import { addCalls, type CallCount } from '../store/call-stats.js';
import type { Database } from '../store/database.js';
import { grainStart } from './grains.js';
import { addedLatencies, latencyPlace, noLatencies } from './latency.js';

/** Endpoints are a few dozen; what comes beyond is not counted. */
const mostCounts = 20_000;
const endpoint = /^[a-z][A-Za-z.-]{0,63}$/;
const scopes = /^[0-9a-f-]{36} [0-9a-f-]{36}$/;

type Counted = { -readonly [K in keyof CallCount]: CallCount[K] } & { readonly tenantId: string; latencies: number[] };

export class CallTally implements CallWatch {
  #counts = new Map<string, Counted>();

  constructor(private readonly clock: Clock) {}

  saw({ scope, operation, outcome, ms }: SeenCall): void {
    const at = grainStart('5m', this.clock.now());
    const key = `${scope} ${at.getTime()} ${operation} ${outcome}`;
    let count = this.#counts.get(key);
    if (!count) {
      if (this.#counts.size >= mostCounts || !endpoint.test(operation) || !scopes.test(scope)) return;
      const [tenantId, integrationId] = scope.split(' ') as [string, string];
      const none = { calls: 0, totalMs: 0, longestMs: 0, latencies: noLatencies() };
      count = { tenantId, integrationId, at, operation, outcome, ...none };
      this.#counts.set(key, count);
    }
    // Clocks may be set back.
    const tookMs = Math.max(0, Math.round(ms));
    count.calls += 1;
    count.totalMs += tookMs;
    count.longestMs = Math.max(count.longestMs, tookMs);
    count.latencies[latencyPlace(tookMs)]! += 1;
  }

  /** Throws when the database is away; nothing is lost then. */
  async flush(db: Database): Promise<void> {
    const taken = this.#counts;
    this.#counts = new Map();
    for (const [tenantId, counts] of Map.groupBy(taken.values(), (count) => count.tenantId))
      try {
        await db.withTenant(tenantId, (tx) => addCalls(tx, tenantId, counts));
        for (const [key, count] of taken) if (count.tenantId === tenantId) taken.delete(key);
      } catch (error) {
        for (const [key, count] of taken) this.#putBack(key, count);
        throw error;
      }
  }

  #putBack(key: string, count: Counted): void {
    const newer = this.#counts.get(key);
    if (newer) {
      newer.calls += count.calls;
      newer.totalMs += count.totalMs;
      newer.longestMs = Math.max(newer.longestMs, count.longestMs);
      newer.latencies = addedLatencies(newer.latencies, count.latencies);
    } else if (this.#counts.size < mostCounts) this.#counts.set(key, count);
  }
}
