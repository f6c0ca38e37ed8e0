/** The mapping service: there and back is the identity, nothing is linked twice, what a person did is audited and can be taken back. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { externalIdOf } from '@rollcall/core';
import { addIntegration } from '../store/integrations.js';
import { versionTag } from '../store/mappings/link.js';
import { by, mappingUnderTest, type MappingUnderTest } from './testing/mapping-under-test.js';

let under: MappingUnderTest;
const refusedAs = (code: string) => expect.objectContaining({ code });

beforeAll(async () => {
  under = await mappingUnderTest('mapping_service');
});
afterAll(() => under.close());

const audits = (action: string) =>
  under.database.sql<{ actor: string; details: Record<string, unknown> }>(
    'SELECT actor, details FROM integration_audit_logs WHERE action = $1 ORDER BY at',
    [action],
  );

describe('translating', () => {
  test('there and back is the identity, for plain and composite keys of any characters', async () => {
    const { service, users } = under;
    const part = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => ({ type: 'text', value }) as const);
    const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((id) => !id.includes('\0'));
    const keys = fc.uniqueArray(fc.oneof(plain, fc.array(part, { minLength: 1, maxLength: 3 })), {
      minLength: 1,
      maxLength: 20,
      selector: (key) => externalIdOf(key),
    });
    await fc.assert(
      fc.asyncProperty(keys, async (all) => {
        const pairs = await Promise.all(all.map(async (key) => ({ externalId: externalIdOf(key) })));
        const known = await service.findMany(
          users,
          pairs.map((pair) => pair.externalId),
        );
        const fresh = all.filter((key) => !known.has(externalIdOf(key)));
        const people = await under.people(fresh.length);
        const made = await service.linkMany(
          users,
          fresh.map((key, at) => ({ externalId: externalIdOf(key), localId: people[at]! })),
          by,
        );
        expect(made.every(({ outcome }) => outcome === 'created')).toBe(true);
        for (const [at, key] of fresh.entries()) {
          expect(await service.toLocal(users, key)).toBe(people[at]);
          const back = await service.toExternal(users.tenantId, 'users', people[at]!);
          expect(back.map((link) => link.externalId)).toEqual([externalIdOf(key)]);
        }
      }),
      { numRuns: 12 },
    );
  });

  test('a record goes by ids of several external systems at once', async () => {
    const { service, users, database } = under;
    const { tenantId } = users;
    const other = await database.app.withTenant(tenantId, (tx) =>
      addIntegration(tx, { tenantId, name: 'library', kind: 'mock', settings: {} }),
    );
    const [id] = (await under.people(1)) as [string];
    await service.link(users, 'several-1', id, by);
    await service.link({ ...users, integrationId: other.id }, 'several-1', id, by);
    expect(await service.toExternal(tenantId, 'users', id)).toHaveLength(2);
    expect(await service.toExternal(tenantId, 'users', id, other.id)).toMatchObject([{ integrationId: other.id }]);
  });

  test('what cannot be a key is refused, and an unknown record is nothing', async () => {
    await expect(under.service.toLocal(under.users, 'a\0b')).rejects.toEqual(refusedAs('invalid_input'));
    expect(await under.service.toLocal(under.users, 'nobody')).toBeNull();
  });
});

describe('linking', () => {
  test('the same link made by many at once is made once', async () => {
    const [id] = (await under.people(1)) as [string];
    const processes = [1, 2, 3, 4].map(() => under.process());
    const made = await Promise.all([...processes, ...processes].map((one) => one.link(under.users, 'raced', id, by)));
    expect(made.filter((link) => link.created)).toHaveLength(1);
    expect(new Set(made.map((link) => link.localId))).toEqual(new Set([id]));
  });

  test('of many who link one external id to different records one wins, and none is linked twice', async () => {
    const people = await under.people(6);
    const processes = people.map(() => under.process());
    const made = await Promise.allSettled(
      people.map((id, at) => processes[at]!.link(under.users, 'contested', id, by)),
    );
    const won = made.filter((each) => each.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const each of made) if (each.status === 'rejected') expect(each.reason).toEqual(refusedAs('wrong_state'));
  });

  test('a record that has an id in the integration gets no second one, also when both come at once', async () => {
    const [id] = (await under.people(1)) as [string];
    const made = await Promise.allSettled(
      ['twin-a', 'twin-b', 'twin-c'].map((key) => under.process().link(under.users, key, id, by)),
    );
    expect(made.map((each) => each.status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  test('many are linked in one go, each with its outcome', async () => {
    const people = await under.people(2_000);
    const pairs = people.map((localId, at) => ({ externalId: `bulk-${at}`, localId }));
    await under.service.link(under.users, 'bulk-0', people[0]!, by);
    const odd = [
      { externalId: 'bulk-1', localId: people[5]! },
      { externalId: 'bulk-x', localId: '00000000-0000-7000-8000-000000000000' },
      { externalId: 'bulk-y', localId: people[7]! },
    ];
    const made = await under.service.linkMany(under.users, [...pairs, ...odd], by);
    const counted = Object.groupBy(made, ({ outcome }) => outcome);
    expect(Object.fromEntries(Object.entries(counted).map(([outcome, all]) => [outcome, all.length]))).toEqual({
      ...{ created: 1_999, unchanged: 1, repeated: 1, unknown_record: 1, linked_twice: 1 },
    });
    expect((await audits('mapping.many-linked')).at(-1)).toMatchObject({
      actor: by.actor,
      details: { created: 1_999 },
    });
  });

  test('waits for runs: while one is under way nothing is changed', async () => {
    const [id] = (await under.people(1)) as [string];
    await under.database.sql(`UPDATE runs SET state = 'applying'`);
    await expect(under.service.link(under.users, 'busy-1', id, by)).rejects.toEqual(refusedAs('busy'));
    await under.database.sql(`UPDATE runs SET state = 'completed'`);
    expect(await under.service.toLocal(under.users, 'busy-1')).toBeNull();
  });
});

describe('changing a link', () => {
  test('is a compare-and-set on what was seen, which says what is there by now', async () => {
    const [one, two] = (await under.people(2)) as [string, string];
    const seen = versionTag(await under.service.link(under.users, 'moving', one, by));
    const moved = await under.service.relink(under.users, 'moving', two, { ...by, seen });
    expect(moved).toMatchObject({ localId: two, version: 2 });
    const again = under.service.relink(under.users, 'moving', one, { ...by, seen });
    await expect(again).rejects.toMatchObject({ code: 'stale_decision', publicText: expect.stringContaining(two) });
    expect(await under.process().toLocal(under.users, 'moving')).toBe(two);
  });

  test('unlinking hides it, is audited with actor and reason, and is taken back by re-linking', async () => {
    const [id] = (await under.people(1)) as [string];
    await under.service.link(under.users, 'parted', id, by);
    await under.service.unlink(under.users, 'parted', { ...by, reason: 'another person' });
    expect(await under.service.toLocal(under.users, 'parted')).toBeNull();
    expect(await under.service.toExternal(under.users.tenantId, 'users', id)).toEqual([]);
    await expect(under.service.link(under.users, 'parted', id, by)).rejects.toEqual(refusedAs('wrong_state'));
    await under.service.relink(under.users, 'parted', id, by);
    expect(await under.service.toLocal(under.users, 'parted')).toBe(id);
    const details = { reason: 'another person', externalId: 'parted', after: { state: 'unlinked' } };
    expect((await audits('mapping.unlinked')).at(-1)).toMatchObject({ actor: by.actor, details });
  });
});

describe('merging two records of ours', () => {
  const { stringify } = JSON;
  const all = async () =>
    stringify([
      await under.database.sql('SELECT id, active, agent_ids FROM users ORDER BY id'),
      await under.database.sql('SELECT id, user_id FROM enrollments ORDER BY id'),
      await under.database.sql(
        `SELECT external_id, local_id, state FROM external_system_mappings ORDER BY external_id`,
      ),
    ]);

  test('leads its links and references to the winner, and taking it back leaves everything as before', async () => {
    const { school, service, users } = under;
    const [winner] = (await under.people(1)) as [string];
    await service.link(users, 'winner', winner, by);
    const before = await all();
    const pair = { tenantId: users.tenantId, entity: 'users', winnerId: winner, loserId: school.ids.student } as const;
    const { mergeId, ...made } = await service.merge(pair, by);
    expect(made).toEqual({ links: 1, onlyTranslating: 1, references: 1 });
    expect(await service.toLocal(users, 'ext-student')).toBe(winner);
    expect(await under.database.sql('SELECT user_id FROM enrollments')).toEqual([{ user_id: winner }]);
    expect(await under.database.sql('SELECT active FROM users WHERE id = $1', [pair.loserId])).toEqual([
      { active: false },
    ]);
    const undone = await service.unmerge({ tenantId: users.tenantId, mergeId }, by);
    expect(undone).toMatchObject({ links: 1, references: 1, changedSince: 0 });
    expect(await all()).toBe(before);
    const again = service.unmerge({ tenantId: users.tenantId, mergeId }, by);
    await expect(again).rejects.toEqual(refusedAs('wrong_state'));
    expect([(await audits('records.merged')).length, (await audits('records.unmerged')).length]).toEqual([1, 1]);
  });

  test('is not taken back over a link that was changed since', async () => {
    const { service, users } = under;
    const [winner, loser] = (await under.people(2)) as [string, string];
    await service.link(users, 'loses', loser, by);
    const pair = { tenantId: users.tenantId, entity: 'users', winnerId: winner, loserId: loser } as const;
    const { mergeId } = await service.merge(pair, by);
    await service.unlink(users, 'loses', by);
    const before = await all();
    const undone = service.unmerge({ tenantId: users.tenantId, mergeId }, by);
    await expect(undone).rejects.toEqual(refusedAs('stale_decision'));
    expect(await all()).toBe(before);
  });
});
