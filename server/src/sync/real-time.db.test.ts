/**
 * Records that are marked are read one by one, by their ids, and go the same way as every other record: nothing else is asked of the
 * source, nothing is taken for gone that was not named, and a mark is never lost.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { entityNamed, type EntityName } from '@rollcall/core';
import { District } from './testing/district.js';
import { MarkedDistrict } from './testing/marked-district.js';

let district: District;
let marked: MarkedDistrict;
beforeAll(async () => {
  district = await District.open('sync_real_time', 120);
  marked = new MarkedDistrict(district);
});
afterAll(() => district.close());
beforeEach(async () => {
  await district.control('reset', {});
  await district.sql('TRUNCATE dirty_records');
  await district.wipe();
  expect((await district.sync()).run.state).toBe('completed');
  await marked.asked();
});

const state = (id: string) =>
  district.sql('SELECT state, missed_runs FROM external_system_mappings WHERE external_id = $1', [id]);

describe('a marked record', () => {
  it('that changed arrives by a run that asks for this record alone', async () => {
    await district.control('edit', { share: 0.001, entity: 'users' });
    const [id] = await marked.changed('users');
    const report = await marked.read('users', [id!]);
    expect(report.run).toMatchObject({ state: 'completed', mode: 'records', reason: null });
    expect(report.entities.users).toMatchObject({ read: 1, updated: 1, missing: 0, complete: false });
    expect(await marked.asked()).toEqual({ 'users/{sourcedId}': 1 });
    expect(await marked.waiting()).toEqual([]);
    const full = await district.sync();
    expect(full.entities.users).toMatchObject({ updated: 0, created: 0, missing: 0 });
  });

  it('ten times is read once', async () => {
    const ids = await marked.ids('users', 2);
    const first = await marked.mark('users', [ids[0]!, ids[1]!, ids[0]!]);
    for (let n = 0; n < 9; n += 1) await marked.mark('users', [ids[n % 2]!]);
    expect(first.marked).toBe(2);
    const report = await district.work(first.run!.runId);
    expect(await marked.asked()).toEqual({ 'users/{sourcedId}': 2 });
    expect(report.entities.users).toMatchObject({ read: 2, unchanged: 2, planned: 0 });
    expect(await marked.waiting()).toEqual([]);
  });

  it.each(['orgs', 'academicSessions', 'courses', 'users', 'classes', 'enrollments'] as const)(
    'of %s leaves its collection as a full run would',
    async (entity) => {
      await district.control('edit', { share: 0.01, entity });
      const ids = await marked.changed(entity);
      const report = await marked.read(entity, ids);
      expect(report.entities[entity].updated).toBe(ids.length);
      const rows = await marked.hub(entityNamed(entity).table);
      expect((await district.sync()).entities[entity]).toMatchObject({ updated: 0, created: 0 });
      expect(await marked.hub(entityNamed(entity).table)).toBe(rows);
    },
  );

  it('that is new brings the records along that it refers to and nobody knows, and no others', async () => {
    const { sourcedIds } = await district.control<{ sourcedIds: string[] }>('joiners', { count: 1 });
    const plan = await marked.changed('enrollments');
    const report = await marked.read('enrollments', [plan[0]!]);
    expect(report.entities.enrollments).toMatchObject({ created: 1, blocked: 0, rejected: 0 });
    expect(report.entities.users.created).toBeGreaterThanOrEqual(1);
    const asked = await marked.asked();
    expect(Object.keys(asked).toSorted()).toEqual(['enrollments/{sourcedId}', 'users/{sourcedId}']);
    expect(asked['users/{sourcedId}']).toBe(report.entities.users.read);
    expect(await state(sourcedIds[0]!)).toEqual([{ state: 'active', missed_runs: 0 }]);
  });

  it('that its source has ended is deactivated at once, and comes back with its local id', async () => {
    const ended = { entity: 'enrollments', count: 3 };
    const { sourcedIds } = await district.control<{ sourcedIds: string[] }>('tobedeleted', ended);
    const links = () => district.sql('SELECT external_id, local_id FROM external_system_mappings ORDER BY entity, 1');
    const before = await links();
    const gone = await marked.read('enrollments', sourcedIds);
    expect(gone.entities.enrollments).toMatchObject({ deactivated: 3, absent: 0 });
    await district.control('reset', {});
    const back = await marked.read('enrollments', sourcedIds);
    expect(back.entities.enrollments).toMatchObject({ reactivated: 3, created: 0 });
    expect(await links()).toEqual(before);
  });

  it('that the source does not know by its id stays as it is, and the run says so', async () => {
    await district.control('leavers', { count: 2 });
    const gone = await district.sync({ mode: 'plan' });
    expect(gone.entities.users.missing).toBeGreaterThan(0);
    const ids = await marked.ids('users', 200);
    const hub = await marked.hub();
    const report = await marked.read('users', [...ids, 'nobody-ever']);
    expect(report.run).toMatchObject({ state: 'completed', reason: expect.stringMatching(/^not found .*: [2-9]/) });
    expect(report.entities.users).toMatchObject({ deactivated: 0, missing: 0, planned: 0, rejected: 0 });
    expect(await marked.hub()).toBe(hub);
    expect(await marked.waiting()).toEqual([]);
  });

  it('that turned invalid is rejected with its reason, and the others go on', async () => {
    await district.control('edit', { share: 0.02, entity: 'users' });
    const ids = await marked.changed('users');
    const bad = await district.control<{ sourcedIds: string[] }>('bad-records', {
      ...{ entity: 'users', kind: 'missing-name', count: 1 },
    });
    const report = await marked.read('users', [...new Set([...ids, ...bad.sourcedIds])]);
    expect(report.run.state).toBe('completed_with_rejects');
    expect(report.rejects.map((reject) => reject.externalId)).toEqual(bad.sourcedIds);
    expect(report.entities.users.updated).toBeGreaterThanOrEqual(ids.length - 1);
  });

  it('that the source cannot give in a readable form is rejected alone', async () => {
    await district.control('edit', { share: 0.02, entity: 'users' });
    const ids = await marked.changed('users');
    expect(ids.length).toBeGreaterThan(1);
    await district.control('faults', { collection: 'users', fault: 'error', status: 400, times: 1 });
    const report = await marked.read('users', ids);
    expect(report.rejects).toMatchObject([{ code: 'unreadable_record', entity: 'users' }]);
    expect(report.entities.users).toMatchObject({ rejected: 1, updated: ids.length - 1 });
  });
});

describe('many marked records', () => {
  it('that their source has ended wait for a person as they would in a full run, and nothing is taken away', async () => {
    const { sourcedIds } = await district.control<{ sourcedIds: string[] }>('tobedeleted', {
      ...{ entity: 'users', count: 200 },
    });
    const report = await marked.read('users', sourcedIds);
    expect(report.run.state).toBe('completed_with_holds');
    expect(report.entities.users.held).toBeGreaterThan(100);
    expect(report.holds.every((hold) => hold.operation === 'deactivate')).toBe(true);
  });

  it('under an open hold wait with it, and what the hold is about stays', async () => {
    await district.control('lose-school', {});
    const lost = await district.sync();
    const holds = () =>
      district.sql<{ id: string; digest: string; last_run_id: string }>(
        `SELECT id, digest, row_count, last_run_id FROM holds WHERE state = 'open' ORDER BY id`,
      );
    const before = await holds();
    expect(before.length).toBeGreaterThan(0);
    const held = await district.sql<{ id: string }>(
      `SELECT external_id AS id FROM sync_changes WHERE run_id = $1 AND entity = 'users' AND state = 'held'`,
      [lost.run.id],
    );
    await district.control('restore-school', {});
    const { sourcedIds } = await district.control<{ sourcedIds: string[] }>('tobedeleted', {
      ...{ entity: 'users', count: 200 },
    });
    const ended = sourcedIds.filter((id) => held.some((row) => row.id === id)).slice(0, 2);
    expect(ended).toHaveLength(2);
    const report = await marked.read('users', ended);
    expect(report.entities.users).toMatchObject({ blocked: 2, held: 0, deactivated: 0 });
    expect(await holds()).toEqual(before);
  });

  it('more than one run reads are read by the runs that follow', async () => {
    const ids = await marked.ids('users', 5);
    const { run } = await marked.mark('users', ids);
    const report = await district.work(run!.runId, { policy: { recordsPerRun: 3 } });
    expect(report.entities.users.read).toBe(3);
    expect(await marked.waiting()).toHaveLength(2);
  });
});

describe('marks that come while records are read', () => {
  class Death extends Error {}
  const dying = (name: string) => (here: string) => {
    if (here === name) throw new Death(name);
  };

  it.each(['page.fetched', 'page.committed', 'plan.committed', 'chunk.committed'] as const)(
    'at %s are kept, and read by a run of their own',
    async (place) => {
      await district.control('edit', { share: 0.001, entity: 'users' });
      const ids = await marked.changed('users');
      const { run } = await marked.mark('users', ids);
      await expect(district.work(run!.runId, { failpoint: dying(place) })).rejects.toBeInstanceOf(Death);
      await district.control('edit', { share: 1, entity: 'users' });
      await marked.mark('users', ids);
      expect((await district.work(run!.runId)).run.state).toBe('completed');
      expect(await marked.waiting()).toMatchObject(ids.map((id) => ({ id })));
      const next = await marked.read('users', ids);
      expect(next.run.id).not.toBe(run!.runId);
      expect(await marked.waiting()).toEqual([]);
      const stillOld = await marked.changed('users');
      expect(stillOld.length).toBeGreaterThan(100);
      for (const id of ids) expect(stillOld).not.toContain(id);
    },
  );
});

describe('a full run', () => {
  class Death extends Error {}
  /** Users are staged by then, and their plan, the fourth, is not committed. */
  const staged = (runId: string) => {
    let plans = 0;
    return district.work(runId, {
      failpoint: (here) => {
        if (here === 'plan.written' && (plans += 1) === 4) throw new Death();
      },
    });
  };
  const begin = async () => {
    await district.control('edit', { share: 0.05, entity: 'users' });
    const ids = await marked.changed('users');
    const { app, tenantId } = district.database;
    const { requestRun } = await import('./request-run.js');
    const wanted = { tenantId, integration: 'district', mode: 'full', trigger: 'manual', actor: 'test' } as const;
    const { runId } = await requestRun(app, wanted);
    await expect(staged(runId)).rejects.toBeInstanceOf(Death);
    return { runId, ids };
  };

  it('applies what marked records are at its plan, not what was staged of them', async () => {
    const { runId, ids } = await begin();
    await district.control('edit', { share: 1, entity: 'users' });
    await marked.asked();
    const joined = await marked.mark('users', ids);
    expect(joined.run).toMatchObject({ runId, created: false });
    const report = await district.work(runId);
    expect(report.run.state).toBe('completed');
    expect(report.entities.users).toMatchObject({ complete: true, missing: 0 });
    expect((await marked.asked())['users/{sourcedId}']).toBe(ids.length);
    expect(await marked.waiting()).toEqual([]);
    const stillOld = await marked.changed('users');
    expect(stillOld.length).toBeGreaterThan(100);
    for (const id of ids) expect(stillOld).not.toContain(id);
  });

  it('takes in a marked record that its list did not show, and one that is unchanged since long ago', async () => {
    const { runId, ids } = await begin();
    const { sourcedIds } = await district.control<{ sourcedIds: string[] }>('joiners', { count: 1 });
    const [old] = (await marked.ids('users', 300)).filter((id) => !ids.includes(id));
    await marked.mark('users', [...sourcedIds, old!]);
    const report = await district.work(runId);
    expect(report.entities.users.created).toBe(1);
    expect(await state(sourcedIds[0]!)).toMatchObject([{ state: 'active' }]);
  });

  it('believes its list where the source does not know a marked record by its id', async () => {
    const { runId } = await begin();
    await district.control('leavers', { count: 1 });
    await marked.mark('users', [...(await marked.ids('users', 300)), 'nobody-ever']);
    const report = await district.work(runId);
    expect(report.entities.users).toMatchObject({ missing: 0, deactivated: 0 });
    expect(await marked.waiting()).toEqual([]);
  });

  it('that is dry leaves the marks alone', async () => {
    await marked.mark('users', await marked.ids('users', 2));
    await district.sql(`UPDATE runs SET state = 'cancelled' WHERE state = 'queued'`);
    await district.sync({ mode: 'plan' });
    expect(await marked.waiting()).toHaveLength(2);
  });
});

describe('what cannot be marked is refused in one sentence, and nothing changes:', () => {
  const odd: [string, { entity: string; externalId: unknown }[], RegExp][] = [
    ['no record', [], /from 1 to 1000/],
    ['too many', Array.from({ length: 1001 }, (_, n) => ({ entity: 'users', externalId: `u${n}` })), /from 1 to 1000/],
    ['an unknown kind', [{ entity: 'pupils', externalId: 'u' }], /there are orgs, /],
    ['an empty id', [{ entity: 'users', externalId: '' }], /none that a source could have/],
    ['an id of dots', [{ entity: 'users', externalId: '..' }], /none that a source/],
    ['an endless id', [{ entity: 'users', externalId: 'x'.repeat(1025) }], /none that a source/],
    ['a NUL', [{ entity: 'users', externalId: 'a\0b' }], /none that a source/],
    ['half a character', [{ entity: 'users', externalId: '\ud800' }], /none that a source/],
    ['no text', [{ entity: 'users', externalId: 7 }], /none that a source/],
  ];
  it.each(odd)('%s', async (_, records, sentence) => {
    const good = { entity: 'users', externalId: 'one-that-is-good' };
    const named = records.length > 0 && records.length < 1000 ? [good, ...records] : records;
    const { requestRecords } = await import('./request-records.js');
    const wanted = {
      tenantId: district.database.tenantId,
      integration: 'district',
      trigger: 'api',
      actor: 'test',
    } as const;
    const request = requestRecords(district.database.app, {
      ...wanted,
      records: named as { entity: EntityName; externalId: string }[],
    });
    await expect(request).rejects.toMatchObject({ code: 'invalid_input', publicText: expect.stringMatching(sentence) });
    expect(await marked.waiting()).toEqual([]);
    expect(await district.sql(`SELECT FROM runs WHERE mode = 'records'`)).toEqual([]);
  });
});
