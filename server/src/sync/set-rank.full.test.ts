/** A new order of sources reaches the records: the next run of each reads shared collections in full, asks nobody, and compares them all. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addIntegration } from '../store/integrations.js';
import { setRank } from './set-rank.js';
import { District } from './testing/district.js';

let district: District;
beforeAll(async () => {
  district = await District.open('sync_set_rank', 60, 5);
  await district.sync();
}, 60_000);
afterAll(() => district.close());

const readInFull = async (runId: string) =>
  (
    await district.sql<{ entity: string }>(
      'SELECT entity FROM run_entities WHERE run_id = $1 AND since IS NULL ORDER BY entity',
      [runId],
    )
  ).map(({ entity }) => entity);
const uncompared = () => district.sql('SELECT FROM external_system_mappings l WHERE l.base_checksum IS NULL');

test('the first incremental run after it is full where records are shared, and the next one is not', async () => {
  const { tenantId, app } = district.database;
  const before = await district.sync({ mode: 'incremental' });
  expect(await readInFull(before.run.id)).toEqual([]);
  const library = await app.withTenant(tenantId, (tx) =>
    addIntegration(tx, { tenantId, name: 'library', kind: 'mock', settings: {}, rank: 2 }),
  );
  await district.sql(
    `INSERT INTO external_system_mappings (tenant_id, integration_id, entity, external_id, local_id, base_checksum, projection_version)
     SELECT tenant_id, $1, entity, 'l-' || external_id, local_id, base_checksum, 1 FROM external_system_mappings WHERE entity = 'users'`,
    [library.id],
  );
  const [{ people }] = (await district.sql<{ people: number }>('SELECT count(*) AS people FROM users')) as [
    { people: number },
  ];
  const wanted = { tenantId, integration: 'district', rank: 3, actor: 'Ada Quill', reason: 'a test' };
  expect(await setRank(app, wanted)).toMatchObject({ records: people, readInFull: ['district', 'library'] });
  expect(await uncompared()).toHaveLength(2 * people);
  const after = await district.sync({ mode: 'incremental' });
  expect(after.run).toMatchObject({ state: 'completed' });
  expect(await readInFull(after.run.id)).toEqual(['users']);
  expect(await uncompared()).toHaveLength(people);
  const next = await district.sync({ mode: 'incremental' });
  expect(await readInFull(next.run.id)).toEqual([]);
});
