/** The check finds every kind of fault and nothing else, and what it mends it finds no more. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkMappings } from './check-mappings.js';
import { by, mappingUnderTest, type MappingUnderTest } from './testing/mapping-under-test.js';

let under: MappingUnderTest;

beforeAll(async () => {
  under = await mappingUnderTest('mapping_check');
});
afterAll(() => under.close());

const plant = (externalId: string, localId: string, integrationId = under.users.integrationId) =>
  under.database.sql(
    `INSERT INTO external_system_mappings (tenant_id, integration_id, entity, external_id, local_id, projection_version)
     VALUES ($1, $2, 'users', $3, $4, 1)`,
    [under.users.tenantId, integrationId, externalId, localId],
  );

test('sound mappings have no faults; each planted one is found, mended with a reason, and found no more', async () => {
  const all = { tenantId: under.users.tenantId, integrationId: null };
  const app = under.database.app;
  expect(await checkMappings(app, all, null)).toEqual({ faults: 0, counts: [], items: [], mended: 0 });
  const [one, gone] = (await under.people(2)) as [string, string];
  await under.service.link(under.users, 'best', one, by);
  await plant('double', one);
  await plant('orphan', one, randomUUID());
  await plant('dangling', randomUUID());
  await plant('mismatch', gone);
  await under.database.sql('UPDATE users SET active = false WHERE id = $1', [gone]);
  const found = await checkMappings(app, all, null);
  expect(found.items.map(({ kind, externalId }) => [kind, externalId])).toEqual([
    ...[
      ['dangling', 'dangling'],
      ['double', 'double'],
      ['orphan', 'orphan'],
      ['state_mismatch', 'mismatch'],
    ],
  ]);
  expect(found).toMatchObject({ faults: 4, mended: 0 });
  await under.database.sql(`UPDATE runs SET state = 'planned'`);
  await expect(checkMappings(app, all, by)).rejects.toMatchObject({ code: 'busy' });
  await under.database.sql(`UPDATE runs SET state = 'completed'`);
  expect(await checkMappings(app, all, by)).toMatchObject({ faults: 4, mended: 4 });
  expect(await checkMappings(app, all, null)).toMatchObject({ faults: 0 });
  const audit = await under.database.sql(
    `SELECT actor, details->>'reason' AS reason FROM integration_audit_logs WHERE action = 'mappings.mended'`,
  );
  expect(audit).toEqual([by]);
  expect(await under.process().toLocal(under.users, 'double')).toBe(one);
});
