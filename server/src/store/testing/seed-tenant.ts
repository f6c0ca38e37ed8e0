/**
 * A small school of invented people with one row in every tenant table, written by the application's own role. Tests of tenancy
 * loop over the tables, so a new table needs a row here before they pass.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../database.js';
import { healthRows } from './seed-health.js';
import { limitRows } from './seed-limits.js';
import { providerRows } from './seed-provider.js';

export interface SeededTenant {
  readonly tenantId: string;
  readonly integration: string;
  readonly integrationId: string;
  readonly runId: string;
  readonly holdId: string;
  readonly letterId: string;
  readonly ids: Readonly<
    Record<'district' | 'school' | 'session' | 'course' | 'teacher' | 'student' | 'class' | 'enrollment', string>
  >;
}

/** `word` tells the names of this tenant's rows from another's. */
export async function seedTenant(db: Database, tenantId: string, word = 'North'): Promise<SeededTenant> {
  const id = () => randomUUID();
  const seeded: SeededTenant = {
    tenantId,
    integration: `${word} source`,
    integrationId: id(),
    runId: id(),
    holdId: id(),
    letterId: id(),
    ids: {
      district: id(),
      school: id(),
      session: id(),
      course: id(),
      teacher: id(),
      student: id(),
      class: id(),
      enrollment: id(),
    },
  };
  await db.withTenant(
    tenantId,
    async (tx) => {
      for (const [table, rows] of seedRows(seeded, word))
        await tx.query(
          `INSERT INTO ${table} (tenant_id, ${Object.keys(rows[0]!).join(', ')})
           SELECT $1, ${Object.keys(rows[0]!).join(', ')} FROM json_populate_recordset(null::${table}, $2)`,
          [tenantId, JSON.stringify(rows)],
        );
    },
    { origin: 'seed', runId: seeded.runId },
  );
  return seeded;
}

type Rows = readonly Readonly<Record<string, unknown>>[];

const seedRows = (seeded: SeededTenant, word: string): [string, Rows][] => [
  ...integrationRows(seeded),
  ...rosterRows(seeded, word),
  ...runRows(seeded),
  ...foundRows(seeded),
  ...trailRows(seeded),
  ...scheduleRows(seeded),
  ...letterRows(seeded),
  ...limitRows(seeded),
  ...healthRows(seeded),
  ...mergeRows(),
  ...providerRows(seeded),
];

/** Two records that were merged and parted again. Marks of mappings are written by their trigger. */
function mergeRows(): [string, Rows][] {
  const pair = { entity: 'users', winner_id: randomUUID(), loser_id: randomUUID(), loser_was_active: true };
  const undone = { undone_at: 'now', undone_by: 'Ada Quill', undone_reason: 'twins' };
  const by = { actor: 'Ada Quill', reason: 'the same person', merged_at: 'now' };
  return [['record_merges', [{ id: randomUUID(), ...pair, links: [], refs: [], ...by, ...undone }]]];
}

function integrationRows({ integrationId, integration }: SeededTenant): [string, Rows][] {
  const of = { integration_id: integrationId };
  return [
    ['integrations', [{ id: integrationId, name: integration, kind: 'mock', rank: 1, configuration_version: 1 }]],
    ['integration_configurations', [{ ...of, version: 1, settings: {}, strategy: 'full' }]],
    ['integration_status', [{ ...of, state: 'active' }]],
    [
      'match_settings',
      [{ id: randomUUID(), ...of, settings: {}, reason: 'tried', created_by: 'test', created_at: 'now' }],
    ],
  ];
}

function rosterRows({ ids, integrationId }: SeededTenant, word: string): [string, Rows][] {
  const active = { active: true };
  const lists = { grades: ['07'], subjects: ['Maths'], subject_codes: [] };
  const person = { ...active, user_ids: [], grades: [], enabled_user: true, school_id: ids.school };
  const role = { integration_id: integrationId, position: 1, role_type: 'primary', org_id: ids.school };
  const link = { integration_id: integrationId, projection_version: 1, state: 'active', missed_runs: 0, version: 1 };
  const orgs = [
    { id: ids.district, ...active, name: `${word} District`, type: 'district', parent_id: null },
    { id: ids.school, ...active, name: `${word} School`, type: 'school', parent_id: ids.district },
  ];
  const users = [
    { id: ids.teacher, ...person, given_name: 'Ada', family_name: `${word}-Quill`, agent_ids: [] },
    { id: ids.student, ...person, given_name: 'Ben', family_name: `${word}-Reed`, agent_ids: [ids.teacher] },
  ];
  const session = { id: ids.session, ...active, title: '2026/27', type: 'schoolYear', org_id: ids.district };
  const teaching = { course_id: ids.course, school_id: ids.school, term_ids: [ids.session], class_type: 'scheduled' };
  const seat = { integration_id: integrationId, user_id: ids.student, class_id: ids.class, school_id: ids.school };
  const linked = (entity: string, name: keyof typeof ids) => ({
    ...link,
    entity,
    external_id: `ext-${name}`,
    local_id: ids[name],
  });
  return [
    ['orgs', orgs],
    ['academic_sessions', [{ ...session, start_date: '2026-08-01', end_date: '2027-07-31' }]],
    [
      'courses',
      [{ id: ids.course, ...active, title: 'Maths 7', ...lists, org_id: ids.school, school_year_id: ids.session }],
    ],
    ['users', users],
    [
      'user_roles',
      [
        { user_id: ids.teacher, ...role, role: 'teacher' },
        { user_id: ids.student, ...role, role: 'student' },
      ],
    ],
    ['classes', [{ id: ids.class, ...active, title: 'Maths 7a', ...lists, periods: ['1'], ...teaching }]],
    [
      'enrollments',
      [{ id: ids.enrollment, active: false, role: 'student', is_primary: false, begin_date: '2026-08-20', ...seat }],
    ],
    ['external_system_mappings', [linked('users', 'teacher'), linked('users', 'student'), linked('orgs', 'school')]],
  ];
}

function runRows({ ids, integrationId, runId }: SeededTenant): [string, Rows][] {
  const of = { integration_id: integrationId };
  const run = { run_id: runId, entity: 'users' };
  const begun = { attempt: 1, configuration_version: 1, peak_rss_mb: 80, requested_at: '2026-11-20T08:00:00Z' };
  const ended = { started_at: '2026-11-20T08:00:01Z', finished_at: '2026-11-20T08:00:03Z' };
  const reads = { re_read: false, completed_before: false, active_before: 0 };
  const phase = { active: false, state: 'verified', complete: true, ...reads };
  const rows = { row_count: 2, full_rows: 2, slim_rows: 0, rejected_rows: 0, keyless_rows: 0 };
  const page = { ...run, page_offset: 0, ...rows, body_digest: 'b', keys_digest: 'k', attempt: 1 };
  const span = { first_id: ids.student, last_id: ids.student, first_row: 1, last_row: 1 };
  const counts = {
    creates: 0,
    changes: 0,
    deactivations: 1,
    created: 0,
    updated: 0,
    reactivated: 0,
    deactivated: 0,
    links: 0,
    linked: 0,
  };
  const waiting = { ...span, ...counts, applied_at: null };
  const taught = { first_id: ids.teacher, last_id: ids.teacher, changes: 1, deactivations: 0, updated: 1 };
  const state = { mode: 'full', state: 'completed_with_holds', trigger: 'manual' };
  return [
    ['runs', [{ id: runId, ...of, ...state, ...begun, ...ended }]],
    ['run_leases', [{ run_id: runId, owner: 'nobody', fence: 1, held_until: '-infinity' }]],
    ['run_entities', [{ ...run, ...of, ...phase, counts: { read: 2, distinct: 2, staged: 2, absent: 1, held: 1 } }]],
    ['sync_pages', [page]],
    [
      'sync_chunks',
      [
        { ...run, ...waiting },
        { ...run, ...waiting, ...taught, applied_at: 'now' },
      ],
    ],
  ];
}

/** A deactivation that waits in a hold, an earlier one that was declined, an update that was applied, and a record that was kept out. */
function foundRows({ ids, integrationId, runId, holdId }: SeededTenant): [string, Rows][] {
  const of = { integration_id: integrationId, entity: 'users' };
  const scope = {
    operation: 'deactivate',
    scope_kind: 'school',
    scope_id: ids.school,
    digest: 'd'.repeat(64),
    row_count: 1,
  };
  const seen = { opened_run_id: runId, last_run_id: runId, opened_at: 'now', refreshed_at: 'now' };
  const change = { run_id: runId, entity: 'users', local_id: ids.student, external_id: 'ext-student' };
  const held = { operation: 'deactivate', state: 'held', absent: true, hold_id: holdId, before: null, after: null };
  const teacher = {
    local_id: ids.teacher,
    external_id: 'ext-teacher',
    before: { phone: null },
    after: { phone: '555-0101' },
  };
  const applied = { operation: 'update', state: null, absent: false, hold_id: null };
  const times = { first_run_id: runId, last_run_id: runId, first_seen_at: 'now', last_seen_at: 'now', times: 1 };
  const reject = { id: randomUUID(), code: 'missing', message: 'No name.', state: 'open' };
  const by = { actor: 'Ada Quill', reason: 'the school has closed' };
  const decision = {
    id: longAgo(),
    hold_id: holdId,
    decision: 'declined',
    digest: 'c'.repeat(64),
    row_count: 1,
    ...by,
  };
  const declined = { ...of, external_id: 'ext-moved', operation: 'deactivate', run_id: runId, ...by };
  return [
    ['holds', [{ id: holdId, ...of, ...scope, ...seen, state: 'open', reason: 'too many' }]],
    ['hold_decisions', [{ ...decision, decided_at: 'now' }]],
    ['declined_changes', [{ ...declined, declined_at: 'now' }]],
    ['sync_watermarks', [watermarkOf(integrationId, runId)]],
    ['dirty_records', [{ ...of, external_id: 'ext-changed', ...markedOnce }]],
    [
      'sync_changes',
      [
        { ...change, ...held },
        { ...change, ...applied, ...teacher },
      ],
    ],
    ['rejected_records', [{ ...of, ...reject, ...times }]],
  ];
}

const watermarkOf = (integrationId: string, runId: string) => ({
  integration_id: integrationId,
  entity: 'users',
  watermark: '2026-09-01T08:00:00Z',
  provider_time: '2026-09-01T08:05:00Z',
  projection_version: 1,
  configuration_version: 1,
  read_in_full_at: '2026-09-01T08:00:00Z',
  run_id: runId,
});

const markedOnce = { trigger: 'webhook', marks: 1, first_marked_at: 'now', last_marked_at: 'now' };

/** An id that sorts before those that the database makes. */
const longAgo = () => `01900000${randomUUID().slice(8)}`;

/** The change log's rows are written by its trigger. */
function trailRows({ integrationId, runId }: SeededTenant): [string, Rows][] {
  const by = { integration_id: integrationId, run_id: runId, actor: 'test' };
  return [
    ['integration_audit_logs', [{ id: randomUUID(), ...by, action: 'run.requested', details: {} }]],
    ['outbox', [{ id: randomUUID(), topic: 'run.completed', payload: {} }]],
    ['integration_packages', [packageOf({ integrationId, runId })]],
    ['run_events', eventsOf(runId)],
  ];
}

const packageOf = ({ integrationId, runId }: Pick<SeededTenant, 'integrationId' | 'runId'>) => ({
  ...{ integration_id: integrationId, run_id: runId },
  ...{ digest: 'a'.repeat(64), bytes: 1024, taken_at: 'now' },
});

/** As a run leaves them: each with its moment. */
function eventsOf(runId: string): Rows {
  const at = (second: number) => `2026-11-20T08:00:0${second}Z`;
  const of = { run_id: runId, entity: null };
  return [
    {
      ...of,
      id: longAgo(),
      at: at(0),
      attempt: 0,
      kind: 'run.requested',
      figures: { mode: 'full', trigger: 'manual' },
    },
    { ...of, id: longAgo(), at: at(1), attempt: 1, kind: 'attempt.started', figures: { silentMs: null } },
    { ...of, id: longAgo(), at: at(2), attempt: 1, kind: 'step.begun', figures: { step: 'fetching' } },
    {
      ...of,
      ...{ id: longAgo(), at: at(3), attempt: 1, kind: 'run.ended' },
      figures: { state: 'completed_with_holds', reason: null },
    },
  ];
}

function scheduleRows({ integrationId, runId }: SeededTenant): [string, Rows][] {
  const id = randomUUID();
  const times = { due_at: '2026-11-20T08:00:00Z', fire_at: '2026-11-20T08:00:00Z', time_zone: 'America/Chicago' };
  const rest = {
    jitter_seconds: 0,
    blackouts: [],
    strategy: 'full',
    enabled: false,
    created_by: 'test',
    created_at: 'now',
  };
  const firing = { schedule_id: id, due_at: times.due_at, outcome: 'requested', run_id: runId, fired_at: 'now' };
  return [
    ['integration_schedules', [{ id, integration_id: integrationId, cron: '0 2 * * *', ...times, ...rest }]],
    ['schedule_firings', [firing]],
  ];
}

/** A record whose date cannot be read, with a correction that was taken back. */
function letterRows({ integrationId, runId, letterId }: SeededTenant): [string, Rows][] {
  const record = { integration_id: integrationId, entity: 'users', external_id: 'ext-odd' };
  const why = { error_class: 'poison', code: 'field_missing', field: 'familyName', fingerprint: 'f'.repeat(16) };
  const seen = { attempts: 3, configuration_version: 1, run_id: runId, first_seen_at: 'now', last_seen_at: 'now' };
  const letter = { id: letterId, kind: 'record', ...record, ...why, ...seen, reason: 'familyName is missing' };
  const by = { actor: 'Ada Quill', reason: 'the form says so', made_at: 'now' };
  const field = { id: randomUUID(), letter_id: letterId, field: 'familyName', value: 'Reed', state: 'reverted' };
  return [
    ['dead_letters', [{ ...letter, state: 'open' }]],
    ['corrections', [{ ...record, ...field, ...by }]],
  ];
}
