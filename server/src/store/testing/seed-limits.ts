/** What a seeded tenant has of limits: a rule, a season, a judgement by the rule, and what is left of a record that was deactivated. */
import { randomUUID } from 'node:crypto';

type Rows = readonly Readonly<Record<string, unknown>>[];

interface Seeded {
  readonly integrationId: string;
  readonly runId: string;
  readonly ids: { readonly school: string };
}

export function limitRows({ ids, integrationId, runId }: Seeded): [string, Rows][] {
  const rule = randomUUID();
  const by = { created_by: 'Ada Quill', created_at: '2026-11-01T08:00:00Z' };
  const users = { entity: 'users', operation: 'deactivate' };
  const limit = { share: 0.1, row_count: 50, reason: 'a small school' };
  const days = { name: 'Start of spring', kind: 'term_start', starts_on: '2027-01-04', ends_on: '2027-01-24' };
  const scope = { scope_kind: 'school', scope_id: ids.school, row_count: 1, active: 2, drained: 0 };
  const judged = { rule_id: rule, limit_share: 0.1, limit_rows: 50, verdict: 'held', why: 'too many' };
  const gone = { integration_id: integrationId, entity: 'users', external_id: 'ext-gone' };
  const removed = { integration_id: integrationId, entity: 'users', school_id: ids.school, row_count: 1 };
  return [
    ['limit_rules', [{ id: rule, ...users, school_id: ids.school, ...limit, ...by }]],
    ['term_calendar', [{ id: randomUUID(), ...days, time_zone: 'America/Chicago', ...by }]],
    ['limit_judgements', [{ id: randomUUID(), run_id: runId, ...users, ...scope, ...judged }]],
    ['removal_counts', [{ id: randomUUID(), run_id: runId, ...removed, counted_at: '2026-11-20T08:00:02Z' }]],
    [
      'tombstones',
      [{ ...gone, local_id: randomUUID(), run_id: runId, reason: 'absent', deactivated_at: '2026-11-20T08:00:02Z' }],
    ],
    ['tombstone_keys', [{ ...gone, digest: randomUUID() }]],
    ['natural_key_salts', [{ salt: '\\x5a17' }]],
  ];
}
