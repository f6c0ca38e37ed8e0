/** The mock does what it is told by configuration and environment, and its district is one that core accepts. */
import { describe, expect, it } from '@jest/globals';
import { entities, entityNames, type EntityName } from '@rollcall/core';
import { callContext, LeapingClock, testPorts } from '../testing/ports.js';
import { mockConfigFromEnvironment, mockConfigSchema, type MockSettings } from './config.js';
import { invented } from './district.js';
import { MockRosterProvider } from './provider.js';

async function started(settings: MockSettings = {}) {
  const clock = new LeapingClock();
  const provider = new MockRosterProvider('mock', mockConfigSchema.parse(settings), testPorts(clock));
  await provider.start();
  const read = (entity: EntityName = 'users') => provider.readPage(entity, { offset: 0, limit: 1000 }, callContext());
  return { provider, clock, read };
}

it('invents a district in which every record is valid and every reference resolves', () => {
  const district = invented({ students: 60, idPrefix: 'm-', metadata: null });
  const known = new Set(Object.values(district).flatMap((records) => records.map((record) => record.sourcedId)));
  for (const entity of entities)
    for (const record of district[entity.name]) {
      expect(entity.schema.safeParse(record).success).toBe(true);
      const values = record as unknown as Record<string, unknown>;
      for (const field of entity.fields) {
        if (field.kind === 'reference' && values[field.name] !== null) expect(known).toContain(values[field.name]);
        if (field.kind === 'references') for (const id of values[field.name] as string[]) expect(known).toContain(id);
      }
    }
  expect(district.users.filter((user) => user.roles[0]?.role === 'student')).toHaveLength(60);
});

describe('by configuration', () => {
  it('ids and metadata are as asked', async () => {
    const { read } = await started({ students: 3, idPrefix: 'fjord-', metadata: { origin: 'test' } });
    for (const record of (await read()).records) {
      expect(record.sourcedId).toMatch(/^fjord-/);
      expect(record.metadata).toEqual({ origin: 'test' });
    }
  });

  it('calls are delayed by our clock, and an abort is heard', async () => {
    const { provider, clock, read } = await started({ delayMs: 700 });
    await read();
    expect(clock.slept).toEqual([700]);
    const aborted = callContext('x', AbortSignal.abort(new Error('enough')));
    await expect(provider.readPage('users', { offset: 0, limit: 1 }, aborted)).rejects.toThrow('enough');
  });

  it('the named calls fail, with the named fault, and the others do not', async () => {
    const { read } = await started({ failCalls: [2], failWith: 'source_rate_limited' });
    await read();
    await expect(read()).rejects.toMatchObject({ code: 'source_rate_limited' });
    await read();
  });

  it('collections are emptied, totals are off, rows are doubled or rejected, as asked', async () => {
    const settings = { students: 10, empty: ['classes'], totalDelta: 4, duplicates: 2, badRows: 1 } as const;
    const { provider, read } = await started({ ...settings, empty: [...settings.empty] });
    expect(await read('classes')).toMatchObject({ rowCount: 0 });
    const page = await read();
    expect(page).toMatchObject({ rowCount: 13, announcedTotal: 17 });
    expect(page.rejects.map((reject) => reject.code)).toEqual(['field_missing', 'field_missing']);
    expect(page.records).toHaveLength(11);
    const id = page.rejects[0]!.externalId!;
    expect(await provider.readOne('users', id, callContext())).toEqual({ rejected: page.rejects[0] });
  });
});

describe('by environment', () => {
  it('every setting can be given, over what the code says', () => {
    const environment = {
      ROLLCALL_MOCK_STUDENTS: '12',
      ROLLCALL_MOCK_ID_PREFIX: 'env-',
      ROLLCALL_MOCK_METADATA: '{"a":1}',
      ROLLCALL_MOCK_DELAY_MS: '5',
      ROLLCALL_MOCK_FAIL_CALLS: '1, 3',
      ROLLCALL_MOCK_FAIL_WITH: 'source_bad_response',
      ROLLCALL_MOCK_EMPTY: 'orgs, users',
      ROLLCALL_MOCK_DUPLICATES: '1',
      ROLLCALL_MOCK_BAD_ROWS: '2',
      ROLLCALL_MOCK_TOTAL_DELTA: '-3',
      ROLLCALL_MOCK_PAGE_SIZE: '50',
    };
    expect(mockConfigFromEnvironment(environment, { students: 99 })).toEqual({
      students: 12,
      idPrefix: 'env-',
      metadata: { a: 1 },
      delayMs: 5,
      failCalls: [1, 3],
      failWith: 'source_bad_response',
      empty: ['orgs', 'users'],
      duplicates: 1,
      badRows: 2,
      totalDelta: -3,
      pageSize: 50,
    });
  });

  it('what is not given keeps its default, and nonsense is refused', () => {
    expect(mockConfigFromEnvironment({}, { delayMs: 7 })).toMatchObject({ students: 100, delayMs: 7 });
    expect(() => mockConfigFromEnvironment({ ROLLCALL_MOCK_STUDENTS: 'many' })).toThrow();
    expect(() => mockConfigFromEnvironment({ ROLLCALL_MOCK_EMPTY: 'castles' })).toThrow();
  });
});

it.each(entityNames)('every page of %s is accounted for', async (entity) => {
  const { read } = await started({ students: 30, badRows: 2, duplicates: 1 });
  const page = await read(entity);
  expect(page.records.length + page.rejects.length).toBe(page.rowCount);
});
