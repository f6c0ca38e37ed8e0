/** The life of dead letters, through real runs: they open, are tried again, corrected, let be, and pass; never lost, never doubled. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { correctionsOf } from '../../store/corrections.js';
import { findLetter, listLetters, type DeadLetter, type LetterFilter } from '../../store/dead-letters.js';
import { requestRun } from '../request-run.js';
import { District } from '../testing/district.js';
import { discardLetter } from './discard-letter.js';
import { editAndReplay, revertEdit } from './edit-and-replay.js';
import { requestReplay, type Which } from './request-replay.js';

let district: District;
beforeAll(async () => {
  district = await District.open('sync_letters', 60);
  await district.sync();
});
afterAll(() => district.close());

const tenantId = () => district.database.tenantId;
const by = { reason: 'the form at the office says so', actor: 'test' };
const of = () => ({ tenantId: tenantId(), integration: 'district', ...by });

const spoil = (kind: string, count = 1, entity = 'users') =>
  district.control<{ sourcedIds: string[] }>('bad-records', { entity, kind, count }).then((bad) => bad.sourcedIds);
const mend = () => district.control('bad-records', {}, 'DELETE');
const letters = (filter: LetterFilter = {}): Promise<DeadLetter[]> =>
  district.database.worker.withTenant(tenantId(), (tx) =>
    listLetters(tx, tenantId(), filter, { limit: 100, offset: 0 }),
  );
const letter = (id: string) =>
  district.database.worker.withTenant(tenantId(), (tx) => findLetter(tx, { tenantId: tenantId(), id }));
const replay = (which: Which) => requestReplay(district.database.worker, { ...of(), which });
const refusedThrice = async (kind: string, count = 1) => {
  const ids = await spoil(kind, count);
  for (let run = 0; run < 3; run += 1) await district.sync();
  return ids;
};
const nameOf = async (externalId: string) =>
  (
    await district.sql<{ name: string }>('SELECT family_name AS name FROM users WHERE external_id = $1', [externalId])
  )[0]?.name;

beforeEach(async () => {
  await district.sql(`TRUNCATE dead_letters, corrections`);
  await district.sql(`UPDATE rejected_records SET state = 'passed'`);
});
afterEach(async () => {
  await district.control('faults', {}, 'DELETE');
  await mend();
  await district.sql(`UPDATE runs SET state = 'cancelled' WHERE finished_at IS NULL`);
  await district.sql('UPDATE run_entities SET active = false');
  await district.sync();
});

describe('a record that run after run refuses', () => {
  it('is a dead letter from the third run on, one however many runs, and passes when its source mends it', async () => {
    const [id] = await spoil('missing-name');
    for (let run = 1; run <= 2; run += 1) {
      await district.sync();
      expect(await letters()).toEqual([]);
    }
    await district.sync();
    await district.sync();
    expect(await letters()).toMatchObject([
      {
        ...{ kind: 'record', entity: 'users', externalId: id, state: 'open', attempts: 4, errorClass: 'poison' },
        ...{
          code: 'field_missing',
          field: 'familyName',
          reason: 'familyName is missing',
          stageRow: expect.any(Number),
        },
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ]);
    await mend();
    await district.sync();
    expect(await letters()).toMatchObject([{ externalId: id, state: 'passed', settledBy: 'run' }]);
  });

  it('shares its fingerprint with those of the same trouble, and with no others', async () => {
    await spoil('missing-name', 2);
    await spoil('bad-role', 1);
    for (let run = 0; run < 3; run += 1) await district.sync();
    const found = await letters();
    expect(found).toHaveLength(3);
    const prints = found.map((l) => `${l.code} ${l.fingerprint}`);
    expect(new Set(prints).size).toBe(2);
    expect(new Set(found.map((l) => l.fingerprint)).size).toBe(2);
  });
});

describe('a replay', () => {
  it('by fingerprint is one run, which answers the letters that pass and opens the others again', async () => {
    await refusedThrice('missing-name', 2);
    const [{ fingerprint }] = (await letters()) as [DeadLetter];
    const asked = await replay({ fingerprint });
    expect(asked).toMatchObject({ created: true, letters: 2 });
    expect(await letters({ state: 'replayed' })).toHaveLength(2);
    await district.work(asked.runId);
    expect(await letters({ state: 'open' })).toMatchObject([
      { attempts: 4, replayRunId: null },
      { attempts: 4, replayRunId: null },
    ]);
    await mend();
    await district.work((await replay({ all: true })).runId);
    expect(await letters({ state: 'passed' })).toHaveLength(2);
  });

  it('that is asked for twice is one run: the second request joins the first', async () => {
    await refusedThrice('missing-name', 2);
    const [one, two] = (await letters()) as [DeadLetter, DeadLetter];
    const asked = await Promise.all([replay({ ids: [one.id] }), replay({ ids: [two.id] }), replay({ ids: [one.id] })]);
    expect(new Set(asked.map((run) => run.runId)).size).toBe(1);
    expect(asked.filter((run) => run.created)).toHaveLength(1);
    const audit = await district.sql<{ details: object }>(
      `SELECT details FROM integration_audit_logs WHERE action = 'dead-letters.replay-requested' AND run_id = $1`,
      [asked[0]!.runId],
    );
    expect(audit).toHaveLength(3);
    expect(JSON.stringify(audit)).not.toContain(one.externalId);
  });

  it('opens its letters again when its run is over without an answer', async () => {
    await refusedThrice('missing-name');
    const { runId } = await replay({ all: true });
    await district.control('faults', { collection: 'orgs', fault: 'html' });
    expect((await district.work(runId)).run.state).toBe('needs_attention');
    expect(await letters()).toMatchObject([{ state: 'replayed', replayRunId: runId }]);
    await district.control('faults', {}, 'DELETE');
    await district.sync();
    expect(await letters()).toMatchObject([{ state: 'open', replayRunId: null }]);
  });

  it('is refused while another run is under way, for what is settled, and for what is not there', async () => {
    await refusedThrice('missing-name');
    const [{ id }] = (await letters()) as [DeadLetter];
    const { worker } = district.database;
    const other = {
      tenantId: tenantId(),
      integration: 'district',
      mode: 'plan',
      trigger: 'manual',
      actor: 'test',
    } as const;
    const { runId } = await requestRun(worker, other);
    await expect(replay({ ids: [id] })).rejects.toMatchObject({ code: 'busy' });
    await district.work(runId);
    await expect(replay({ fingerprint: '0'.repeat(16) })).rejects.toMatchObject({ code: 'not_found' });
    await expect(replay({ ids: ['00000000-0000-7000-8000-000000000000'] })).rejects.toMatchObject({
      code: 'not_found',
    });
    await discardLetter(worker, { ...of(), letterId: id });
    await expect(replay({ ids: [id] })).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(requestReplay(worker, { ...of(), which: { all: true }, reason: ' ' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('a correction', () => {
  const edit = (letterId: string, fields: Record<string, unknown>) =>
    editAndReplay(district.database.worker, { ...of(), letterId, fields });
  const made = (id: string) =>
    district.database.worker.withTenant(tenantId(), (tx) => correctionsOf(tx, { tenantId: tenantId(), id }));

  it('lets the record pass, stays in force and in sight, and ends when the source says something else', async () => {
    const [externalId] = await refusedThrice('missing-name');
    const [{ id }] = (await letters()) as [DeadLetter];
    const before = await nameOf(externalId!);
    const { runId } = await edit(id, { familyName: 'Quill' });
    expect(await letter(id)).toMatchObject({ state: 'edited', replayRunId: runId });
    const report = await district.work(runId);
    expect(report.run.state).toBe('completed');
    expect(report.rejects).toEqual([]);
    expect(await letter(id)).toMatchObject({ state: 'passed' });
    expect(await nameOf(externalId!)).toBe('Quill');
    expect(await made(id)).toMatchObject([
      { field: 'familyName', value: 'Quill', state: 'active', actor: 'test', reason: by.reason, appliedRunId: runId },
    ]);
    const again = await district.sync();
    expect(again.entities.users).toMatchObject({ rejected: 0, updated: 0 });
    expect(await nameOf(externalId!)).toBe('Quill');

    await mend();
    await district.sync();
    expect(await made(id)).toMatchObject([{ state: 'overtaken' }]);
    expect(await nameOf(externalId!)).toBe(before);
  });

  it('that is taken back leaves the record as its source has it', async () => {
    const [externalId] = await refusedThrice('missing-name');
    const [{ id }] = (await letters()) as [DeadLetter];
    await district.work((await edit(id, { familyName: 'Quill' })).runId);
    expect(await revertEdit(district.database.worker, { ...of(), letterId: id })).toEqual({ reverted: 1 });
    expect((await district.sync()).rejects).toMatchObject([{ externalId, code: 'field_missing' }]);
    expect(await made(id)).toMatchObject([{ state: 'reverted', value: 'Quill' }]);
    await expect(revertEdit(district.database.worker, { ...of(), letterId: id })).rejects.toMatchObject({
      code: 'wrong_state',
    });
  });

  it.each([
    ['a field that there is not', { surname: 'Quill' }, /There is no field surname in users/],
    ['a value that does not fit', { enabledUser: 'Quill' }, /The value for enabledUser does not fit/],
    ['no field at all', {}, /at least one field/],
    ['one good and one bad', { familyName: 'Quill', email: 7 }, /The value for email/],
  ])('with %s is refused, and nothing has changed', async (_, fields, sentence) => {
    await refusedThrice('missing-name');
    const [{ id }] = (await letters()) as [DeadLetter];
    const runs = await district.sql('SELECT id FROM runs ORDER BY id');
    const refused = await edit(id, fields).catch((error: { code: string; publicText: string }) => error);
    expect(refused).toMatchObject({ code: 'invalid_input', publicText: expect.stringMatching(sentence) });
    expect(JSON.stringify(refused)).not.toContain('Quill');
    expect(await letter(id)).toMatchObject({ state: 'open' });
    expect(await made(id)).toEqual([]);
    expect(await district.sql('SELECT id FROM runs ORDER BY id')).toEqual(runs);
  });

  it('leaves field names in the audit trail, and no value', async () => {
    await refusedThrice('missing-name');
    const [{ id }] = (await letters()) as [DeadLetter];
    await edit(id, { familyName: 'Quill' });
    const rows = await district.sql(`SELECT details FROM integration_audit_logs WHERE action = 'dead-letter.edited'
      ORDER BY id DESC LIMIT 1`);
    expect(rows).toMatchObject([{ details: { fields: ['familyName'], letter: id, reason: by.reason } }]);
    expect(JSON.stringify(rows)).not.toContain('Quill');
  });
});

describe('a discarded letter', () => {
  it('stays closed while the record is refused for the same reason, and a new reason opens a new one', async () => {
    await refusedThrice('missing-name');
    const [{ id }] = (await letters()) as [DeadLetter];
    const discarded = await discardLetter(district.database.worker, { ...of(), letterId: id });
    expect(discarded).toMatchObject({ state: 'discarded', settledBy: 'test', settledReason: by.reason });
    await expect(discardLetter(district.database.worker, { ...of(), letterId: id })).rejects.toMatchObject({
      code: 'wrong_state',
    });
    const report = await district.sync();
    expect(report.rejects).toHaveLength(1);
    expect(await letters()).toMatchObject([{ id, state: 'discarded' }]);
    await district.sql(`UPDATE dead_letters SET fingerprint = 'another'`);
    await district.sync();
    expect((await letters()).map((l) => l.state).toSorted()).toEqual(['discarded', 'open']);
  });
});

describe('a run that has failed', () => {
  it('is a dead letter, and passes with the next run that ends well', async () => {
    const { worker } = district.database;
    const asked = {
      tenantId: tenantId(),
      integration: 'district',
      mode: 'full',
      trigger: 'manual',
      actor: 'test',
    } as const;
    const { runId } = await requestRun(worker, asked);
    const report = await district.work(runId, { settings: { pageSize: -1 } }).catch((error: unknown) => error);
    expect(report).toMatchObject({ run: { state: 'failed' } });
    expect(await letters()).toMatchObject([
      { kind: 'run', runId, code: 'invalid_configuration', errorClass: 'permanent', state: 'open' },
    ]);
    await district.sync();
    expect(await letters()).toMatchObject([{ kind: 'run', runId, state: 'passed' }]);
  });
});
