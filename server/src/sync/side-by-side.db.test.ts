/** Two integrations that feed one tenant: whoever is new in both at the same time is made once, and each one's word is guarded by itself. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { findHold } from '../store/holds.js';
import { singleConnection } from '../store/single-connection.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { approveHold } from './decide-hold.js';
import { requestRun } from './request-run.js';
import { SmallSource, unlimited, type People } from './testing/small-source.js';
import { defaultPolicy } from './run-context.js';

let database: TestDatabase;
let high: SmallSource;
let low: SmallSource;
beforeAll(async () => {
  database = await testDatabase('sync_side_by_side');
  high = await SmallSource.open(database, 'high', { rank: 1 });
  const few = { ...unlimited, create: { share: 0.5, rows: 3 } };
  low = await SmallSource.open(database, 'low', {
    rank: 2,
    policy: { limits: { ...defaultPolicy.limits, users: few } },
  });
});
afterAll(async () => {
  for (const source of [high, low]) source.close();
  await database.close();
});
beforeEach(async () => {
  await database.sql(`TRUNCATE orgs, users, user_roles, external_system_mappings, declined_changes, tombstones, tombstone_keys,
    runs, run_events, run_leases, run_entities, sync_pages, sync_changes, sync_chunks, holds, change_log, removal_counts CASCADE`);
});

const people = (...names: string[]): People =>
  new Map(names.map((name) => [name, { givenName: `Edda ${name}`, email: `${name}@example.org` }]));
const count = async (table: string, which = 'true') =>
  Number((await database.sql<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE ${which}`))[0]!.n);

/** Until both have read everything nobody may take the turn. */
async function readSideBySide<T>(runs: () => Promise<T>): Promise<T> {
  const gate = singleConnection(database.adminUrl);
  await gate.connect();
  await gate.query('SELECT pg_advisory_lock(hashtext($1))', [`integration turn ${database.tenantId}`]);
  const ended = runs();
  while ((await count('run_entities', `entity = 'enrollments' AND state = 'fetched'`)) < 2)
    await new Promise((done) => setTimeout(done, 20));
  await gate.end();
  return ended;
}

it('whoever both bring at the same time is made once: the second run waits, sees what the first has made, and joins it', async () => {
  const both = people('p1', 'p2', 'p3', 'p4', 'p5', 'p6');
  const reports = await readSideBySide(() => Promise.all([high.says(both), low.says(both)]));
  expect(reports.map(({ run }) => run.state)).toEqual(['completed', 'completed']);
  expect(reports.map(({ entities }) => entities.users.created + entities.users.linked)).toEqual([6, 6]);
  expect([await count('users'), await count('orgs'), await count('external_system_mappings')]).toEqual([6, 1, 14]);
});

it('what one source gives up while the other is read goes to the other, by its newest word', async () => {
  const of = (email: string): People => new Map([...people('p1'), ['p2', { email, givenName: 'Edda' }]]);
  await high.says(of('high@example.org'));
  await low.says(of('low@example.org'));
  await readSideBySide(() => Promise.all([high.says(of('')), low.says(of('lower@example.org'))]));
  expect(await database.sql(`SELECT email FROM users WHERE username = 'p2'`)).toEqual([{ email: 'lower@example.org' }]);
});

it('a run that died in its turn is waited for a minute; whoever goes ahead then ends it, and nothing of it is written later', async () => {
  await high.says(people('p1'));
  await low.says(people('p1'));
  const { tenantId, worker } = database;
  const wanted = { tenantId, integration: 'high', mode: 'full', trigger: 'manual', actor: 'test' } as const;
  const { runId } = await requestRun(worker, wanted);
  const age = (seconds: number) =>
    database.sql(
      `INSERT INTO run_leases (tenant_id, run_id, owner, fence, held_until) VALUES ($1, $2, 'dead', 1, now() - make_interval(secs => $3))
       ON CONFLICT (tenant_id, run_id) DO UPDATE SET held_until = excluded.held_until`,
      [tenantId, runId, seconds],
    );
  await age(20);
  await database.sql(`UPDATE runs SET turn = 'taken' WHERE id = $1`, [runId]);
  const waiting = low.says(people('p1', 'p2'));
  while ((await count('run_entities', `entity = 'enrollments' AND state = 'fetched'`)) < 1)
    await new Promise((done) => setTimeout(done, 20));
  await new Promise((done) => setTimeout(done, 600));
  expect(await count('run_entities', `state = 'planned'`)).toBe(0);
  await age(61);
  expect((await waiting).run.state).toBe('completed');
  expect((await high.work(runId)).run).toMatchObject({
    state: 'failed',
    reason: 'This run stood still for so long that another integration went ahead.',
  });
  expect((await high.says(people('p1', 'p2'))).entities.users).toMatchObject({ created: 0, linked: 1 });
});

it('new people who were held and are released are joined with those whom another source has brought in meanwhile', async () => {
  await low.says(people('p1', 'p2'));
  const { holds } = await low.says(people('p1', 'p2', 'p3', 'p4', 'p5'));
  expect(holds).toMatchObject([{ entity: 'users', operation: 'create', rows: 3 }]);
  expect((await high.says(people('p1', 'p2', 'p3', 'p4', 'p5'))).entities.users).toMatchObject({
    created: 3,
    linked: 2,
  });
  const { tenantId, worker } = database;
  const { id, digest } = await worker.withTenant(tenantId, (tx) => findHold(tx, tenantId, holds[0]!.id));
  const decision = { tenantId, holdId: id, digest, rows: null, reason: 'looked at', actor: 'test' };
  const report = await low.work((await approveHold(worker, decision)).runId);
  expect(report.entities.users).toMatchObject({ created: 0, linked: 3 });
  expect(await count('users')).toBe(5);
});

it('an id that names another person in the lower-ranked source waits, although none of its names would be written', async () => {
  const three = people('p1', 'p2', 'p3');
  await high.says(three);
  await low.says(three);
  const other = new Map([
    ...three,
    ['p1', { givenName: 'Oda', familyName: 'Brandt', email: 'oda@example.org' }],
  ]) as People;
  const { holds } = await low.says(other);
  expect(holds).toMatchObject([{ entity: 'users', operation: 'reuse', rows: 1 }]);
  expect(await database.sql(`SELECT given_name, email FROM users WHERE username = 'p1'`)).toEqual([
    { given_name: 'Edda p1', email: 'p1@example.org' },
  ]);
});
