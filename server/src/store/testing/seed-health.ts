/** What a seeded tenant knows of its source's health: calls of one hour, a check, a cache, and a deviation that is over. */
import { randomUUID } from 'node:crypto';

type Rows = readonly Readonly<Record<string, unknown>>[];

const cached = { entries: 1, bytes: 900, hits: 3, revalidated: 2, stale: 0, misses: 1, evicted: 0 };
const latencies = [0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0];

export function healthRows({ integrationId }: { readonly integrationId: string }): [string, Rows][] {
  const of = { integration_id: integrationId };
  const calls = { grain: 'hour', at: '2026-11-20T08:00:00Z', operation: 'users.list', outcome: 'answered' };
  const check = { checked_at: '2026-11-20T08:00:00Z', trigger: 'schedule', status: 'healthy', duration_ms: 42 };
  const alert = { kind: 'slow', operation: 'users.list', observed: 900, usual: 80, sentence: 'users.list was slow.' };
  const days = {
    opened_at: '2026-11-19T08:00:00Z',
    seen_at: '2026-11-19T09:00:00Z',
    closed_at: '2026-11-19T09:05:00Z',
  };
  return [
    ['api_call_stats', [{ ...of, ...calls, calls: 10, total_ms: 500, longest_ms: 90, latencies }]],
    ['health_checks', [{ id: randomUUID(), ...of, ...check }]],
    ['source_caches', [{ ...of, process: 'seed', ...cached, seen_at: '2026-11-20T08:00:00Z' }]],
    [
      'cache_orders',
      [{ id: randomUUID(), ...of, endpoint: '', ordered_by: 'Ada Quill', ordered_at: '2026-11-20T08:00:00Z' }],
    ],
    ['health_alerts', [{ id: randomUUID(), ...of, ...alert, ...days }]],
  ];
}
