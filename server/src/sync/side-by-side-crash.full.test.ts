/**
 * A worker that dies while one of two sources of the same people is applied: the next attempt ends in the same state as a run that was
 * never disturbed, with what each source says kept and nobody doubled.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { FailpointName } from './failpoints.js';
import { requestRun } from './request-run.js';
import { District, type SyncOptions } from './testing/district.js';
import { MatchingDistrict } from './testing/matching-district.js';

class Death extends Error {}

const small: SyncOptions = { pageSize: 60, policy: { chunkRows: 40 } };
let district: District;
let matching: MatchingDistrict;
let undisturbed: Record<string, unknown>[][];

beforeAll(async () => {
  district = await District.open('sync_side_by_side_crash', 40);
  matching = new MatchingDistrict(district);
  await begin();
  await matching.syncAs('second');
  await begin();
  undisturbed = await both(() => undefined);
});
afterAll(() => district.close());
beforeEach(() => begin());

/** Of a third of the people the first source has other e-mails than the second will find, and no phones. */
async function begin(): Promise<void> {
  await matching.begin();
  await district.sql('SET session_replication_role = replica');
  await district.sql(`UPDATE users SET email = 'first-' || email, phone = NULL WHERE abs(hashtext(username)) % 3 = 0`);
  await district.sql('SET session_replication_role = origin');
}

/** The second source joins; then the first says other e-mails, and phones. What is there after each. */
async function both(failpoint: (name: FailpointName) => void): Promise<Record<string, unknown>[][]> {
  await attempts('second', failpoint);
  const joined = await contents();
  await matching.forget('l.integration_id = $1', [district.integration.id]);
  await attempts('district', failpoint);
  return [joined, await contents()];
}

async function attempts(integration: string, failpoint: (name: FailpointName) => void): Promise<void> {
  const { worker, tenantId } = district.database;
  const wanted = { tenantId, integration, mode: 'full', trigger: 'manual', actor: 'test' } as const;
  const { runId } = await requestRun(worker, wanted);
  const report = await district.work(runId, { ...small, failpoint }).catch((error: unknown) => {
    if (!(error instanceof Death)) throw error;
    return district.work(runId, small);
  });
  expect(report.run.state).toBe('completed');
}

const contents = () =>
  district.sql(
    `SELECT 'people' AS part, count(*) AS rows, md5(string_agg(concat_ws('|', username, email, phone, external_id, active), ',' ORDER BY username)) AS sum FROM users
     UNION ALL SELECT 'roles', count(*), md5(string_agg(concat_ws('|', u.username, i.name, r.role), ',' ORDER BY u.username, i.name, r.position))
       FROM user_roles r JOIN users u ON u.id = r.user_id JOIN integrations i ON i.id = r.integration_id
     UNION ALL SELECT i.name || ' ' || l.entity, count(*), md5(string_agg(concat_ws('|', l.external_id, l.state, l.base_checksum, l.base_diff::text), ',' ORDER BY l.external_id))
       FROM external_system_mappings l JOIN integrations i ON i.id = l.integration_id GROUP BY i.name, l.entity
     UNION ALL SELECT 'enrollments', count(*), md5(string_agg(external_id, ',' ORDER BY external_id)) FROM enrollments WHERE active ORDER BY 1`,
  );

/** At the third passing in the first run, at the first in the second, which has less to do. */
const passings = [3, 1];

it.each<[FailpointName]>([
  ['plan.written'],
  ['plan.committed'],
  ['chunk.written'],
  ['chunk.committed'],
  ['links.settled'],
])('death at %s, in either run, leaves nothing lost or doubled', async (name) => {
  let run = -1;
  let passed = 0;
  let died = 0;
  const after = await both((here) => {
    if (here === 'run.claimed') [run, passed] = [run + 1, 0];
    if (here !== name || (passed += 1) !== passings[run]) return;
    died += 1;
    throw new Death(name);
  });
  expect([died, after]).toEqual([2, undisturbed]);
});
