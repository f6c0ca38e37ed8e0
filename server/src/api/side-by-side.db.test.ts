/** Several sources of one roster over the API: their ranks, who says what of a record, and where a source says otherwise. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sharedPeople, type SharedPeople } from '../store/testing/shared-people.js';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;
let hub: SharedPeople;

beforeAll(async () => {
  api = await apiUnderTest('api_side_by_side');
  hub = await sharedPeople(api.database, { shared: 3, alone: 1 });
});
afterAll(() => api.close());

const sourcesOf = (person: string) => api.get(`/mappings/sources?entity=users&localId=${person}`);
const differing = (query = '') => api.get(`/integrations/library/mappings/differing?entity=users${query}`);
const reason = 'the library asks sooner';

describe('the sources of a record', () => {
  test('are shown by rank, with whose word counts and what the other says', async () => {
    const { status, body } = await sourcesOf(hub.people[0]!);
    const source = { rank: 1, state: 'active', lastSeenAt: null, missingSince: null, comparedNext: false };
    expect([status, body]).toEqual([
      200,
      {
        ...{ entity: 'users', localId: hub.people[0], active: true },
        sources: [
          { ...source, integrationId: hub.sis, integration: 'sis', externalId: 's-1' },
          { ...source, integrationId: hub.library, integration: 'library', externalId: 'l-1' },
        ],
        fields: [
          {
            ...{ field: 'email', belongsTo: 'sis', value: 'ada1@school.invalid' },
            differing: [{ integration: 'library', externalId: 'l-1', value: 'quill1@library.invalid' }],
          },
        ],
      },
    ]);
  });

  test('of one source, or that say the same by chance, differ in nothing', async () => {
    expect((await sourcesOf(hub.people[3]!)).body).toMatchObject({ sources: [{ externalId: 's-4' }], fields: [] });
    await api.database.sql(
      `UPDATE external_system_mappings SET base_diff = '{"email": "ada2@school.invalid", "roles": []}' WHERE external_id = 'l-2'`,
    );
    expect((await sourcesOf(hub.people[1]!)).body).toMatchObject({ sources: [{}, {}], fields: [] });
    await api.database.sql(
      `UPDATE external_system_mappings SET base_diff = '{"phone": null}' WHERE external_id = 'l-2'`,
    );
    const [field] = (await sourcesOf(hub.people[1]!)).body['fields'] as [object];
    expect(field).toMatchObject({ field: 'phone', belongsTo: 'sis', value: '555-0100', differing: [{ value: null }] });
  });

  test('are shown to nobody unseen: the log says that one record was, and never what it says', async () => {
    api.logged.length = 0;
    await sourcesOf(hub.people[0]!);
    const fields = expect.objectContaining({ route: 'getRecordSources', permission: 'roster.read', records: 1 });
    expect(api.logged).toEqual([{ event: 'people.shown', fields }]);
  });

  test('say when they last listed the record: by the last complete read, or the one before it went missing', async () => {
    for (const [n, at] of ['2026-11-01', '2026-11-02', '2026-11-03'].entries()) {
      const [run] = await api.database.sql<{ id: string }>(
        `INSERT INTO runs (tenant_id, integration_id, mode, trigger, state, configuration_version, finished_at)
         VALUES ($1, $2, 'full', 'manual', 'completed', 1, $3) RETURNING id`,
        [hub.tenantId, hub.sis, `${at}T06:00:00Z`],
      );
      await api.database.sql(
        `INSERT INTO run_entities (tenant_id, run_id, integration_id, entity, active, state, complete)
         VALUES ($1, $2, $3, 'users', false, 'verified', $4)`,
        [hub.tenantId, run!.id, hub.sis, n < 2],
      );
    }
    const missing = `UPDATE external_system_mappings SET state = 'missing', missing_since = '2026-11-02T05:00:00Z' WHERE external_id = 's-3'`;
    await api.database.sql(missing);
    const seen = async (person: string) => ((await sourcesOf(person)).body['sources'] as object[])[0];
    expect(await seen(hub.people[0]!)).toMatchObject({ lastSeenAt: '2026-11-02T06:00:00.000Z', missingSince: null });
    expect(await seen(hub.people[2]!)).toMatchObject({
      ...{ state: 'missing', lastSeenAt: '2026-11-01T06:00:00.000Z', missingSince: '2026-11-02T05:00:00.000Z' },
    });
  });
});

describe('mappings that differ from the hub', () => {
  test('are listed by the names of fields, without a value, and paged through', async () => {
    const first = await differing('&limit=2');
    expect(first.body).toEqual({
      items: [
        { externalId: 'l-1', localId: hub.people[0], state: 'active', fields: ['email'] },
        { externalId: 'l-2', localId: hub.people[1], state: 'active', fields: ['phone'] },
      ],
      nextAfter: 'l-2',
    });
    const second = await differing('&limit=2&after=l-2');
    expect(second.body).toMatchObject({ items: [{ externalId: 'l-3', fields: ['email'] }], nextAfter: null });
    expect(first.text + second.text).not.toMatch(/invalid|555/);
  });

  test('leave out links that say the same by chance, and those by which nobody speaks', async () => {
    await api.database.sql(
      `UPDATE external_system_mappings SET base_diff = '{"email": "ada2@school.invalid"}' WHERE external_id = 'l-2'`,
    );
    await api.database.sql(`UPDATE external_system_mappings SET state = 'deactivated' WHERE external_id = 'l-3'`);
    expect((await differing()).body['items']).toMatchObject([{ externalId: 'l-1' }]);
    expect((await api.get('/integrations/sis/mappings/differing?entity=users')).body['items']).toEqual([]);
  });
});

test.each<[string, unknown]>([
  ['without a reason', { rank: 2 }],
  ['that is missing', { reason }],
  ['below the first', { rank: -1, reason }],
  ['beyond the last', { rank: 1001, reason }],
  ['between two', { rank: 1.5, reason }],
  ['in words', { rank: 'first', reason }],
  ['with something else', { rank: 2, reason, actor: 'the principal' }],
])('a rank %s is refused, and the present one stays', async (_, body) => {
  const answer = await api.put('/integrations/library/rank', body);
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
  expect(await api.database.sql('SELECT FROM integrations WHERE rank <> 1')).toEqual([]);
});

test('a rank is tried, set, shown, and counts from then on', async () => {
  const wanted = { rank: 0, reason };
  const tried = await api.put('/integrations/library/rank', { ...wanted, dryRun: true });
  const records = { before: 1, rank: 0, records: 2, readInFull: ['library', 'sis'] };
  expect(tried).toMatchObject({ status: 200, body: { ...records, dryRun: true, integration: { rank: 1 } } });
  const set = await api.put('/integrations/library/rank', wanted);
  expect(set).toMatchObject({ status: 200, body: { ...records, dryRun: false, integration: { rank: 0 } } });
  const listed = (await api.get('/integrations')).body['items'] as { name: string; rank: number }[];
  expect(listed[0]).toMatchObject({ name: 'library', rank: 0 });
  expect((await sourcesOf(hub.people[0]!)).body).toMatchObject({
    sources: [
      { integration: 'library', comparedNext: true },
      { integration: 'sis', comparedNext: true },
    ],
    fields: [{ field: 'email', belongsTo: 'library', value: 'ada1@school.invalid' }],
  });
  const [entry] = await api.database.sql(
    `SELECT actor, details FROM integration_audit_logs WHERE action LIKE '%rank%'`,
  );
  expect(entry).toMatchObject({ actor: 'api', details: { reason } });
});
