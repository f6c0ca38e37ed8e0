/**
 * Decisions from end to end, as a person makes them at the terminal: a school is lost, half of its loss is approved and taken
 * back again, what is stale is refused, and all of it works beside an instance and without one.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { entityNames, type RunReport } from '@rollcall/core';
import { CommandLine, type Started } from './testing/command-line.js';

interface ShownHold {
  readonly id: string;
  readonly entity: string;
  readonly scope: string;
  readonly state: string;
  readonly rows: number;
  readonly digest: string;
  readonly changes: readonly { readonly localId: string }[];
}
type Page = { items: Record<string, unknown>[]; nextAfter: string | null };

let rollcall: CommandLine;
let up: Started;
let apiUrl: string;
let before: readonly string[];
let hold: ShownHold;

beforeAll(async () => {
  rollcall = new CommandLine();
  up = rollcall.start('up --students 400 --seed 4');
  await up.says(/Rollcall is up/);
  ({ apiUrl } = JSON.parse(readFileSync(join(rollcall.dataDir, 'instance.json'), 'utf8')) as { apiUrl: string });
  await rollcall.json('sandbox control lose-school');
  const lost = await rollcall.json<RunReport>('sync sandbox-400-4');
  expect(lost.run.state).toBe('completed_with_holds');
  // What the run could do without asking, it has done: people of several schools lost their roles in this one.
  before = await hub();
  hold = await shown(await holdOf('users'));
});
afterAll(() => rollcall.close());

const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${apiUrl}/api/v1${path}`)).json()) as T;
const holdOf = async (entity: string): Promise<string> => {
  const holds = await rollcall.json<ShownHold[]>('holds list');
  return holds.find((one) => one.entity === entity)!.id;
};
const shown = (id: string) => rollcall.json<ShownHold>(`holds show ${id} --limit 1000`);

/** Every record of the hub with all its values; only the moment of its last change is left out. */
async function hub(): Promise<string[]> {
  const records: string[] = [];
  for (const name of entityNames)
    for (let after: string | null = ''; after !== null;) {
      const page: Page = await ask(`/${name}?limit=1000${after ? `&after=${after}` : ''}`);
      records.push(
        ...page.items.map(({ updatedAt: _updatedAt, lastSyncAt: _lastSyncAt, ...record }) =>
          JSON.stringify({ name, ...record }),
        ),
      );
      after = page.nextAfter;
    }
  return records;
}

const inactive = async (): Promise<string[]> =>
  (await ask<Page>('/users?active=false&limit=1000')).items.map((user) => user['id'] as string);

describe('beside a running instance', () => {
  let approval: RunReport;
  let half: string[];

  it('a hold is shown with its school, its rows, and a command that decides what was seen', async () => {
    expect(hold.changes).toHaveLength(hold.rows);
    const { err } = await rollcall.run(`holds show ${hold.id}`);
    expect(err).toContain(hold.scope);
    expect(err).toContain(`holds approve ${hold.id} --digest ${hold.digest}`);
  });

  it('half a hold that is approved is applied by half', async () => {
    half = hold.changes.slice(0, Math.floor(hold.rows / 2)).map((row) => row.localId);
    const file = join(rollcall.dataDir, 'half');
    writeFileSync(file, half.join('\n'));
    approval = await rollcall.json(
      `holds approve ${hold.id} --digest ${hold.digest} --reason closed --rows-file ${file}`,
    );
    expect(approval.run).toMatchObject({ state: 'completed', mode: 'apply' });
    expect(approval.entities.users).toMatchObject({ deactivated: half.length, applied: half.length });
    expect((await inactive()).toSorted()).toEqual(half.toSorted());
    expect(await shown(hold.id)).toMatchObject({ state: 'open', rows: hold.rows - half.length });
  });

  it('the decision stays on record with the user of the operating system', async () => {
    const { items } = await ask<Page>(`/holds/${hold.id}/decisions`);
    const made = { decision: 'approved', actor: userInfo().username, reason: 'closed', runId: approval.run.id };
    expect(items).toEqual([expect.objectContaining({ ...made, rows: half.length, digest: hold.digest })]);
  });

  it.each(['approve', 'decline'])(
    'to %s what was seen before is refused with the command to look again',
    async (verb) => {
      const { code, out, err } = await rollcall.run(
        `holds ${verb} ${hold.id} --digest ${hold.digest} --reason closed --json`,
      );
      expect(code).toBe(1);
      expect(JSON.parse(out)).toMatchObject({ error: { code: 'stale_decision' } });
      expect(err).toContain(`npm run -s rollcall -- holds show ${hold.id}`);
      expect(await inactive()).toHaveLength(half.length);
    },
  );

  it('the rows of the run are listed, with values only for those who ask', async () => {
    const list = (flags: string) => rollcall.json<{ changes: object[] }>(`runs changes ${approval.run.id} ${flags}`);
    const { changes } = await list('--entity users --state applied --limit 1000');
    expect(changes).toHaveLength(half.length);
    expect(changes[0]).not.toHaveProperty('after');
    expect((await list('--values')).changes[0]).toHaveProperty('after');
    expect(await list('--state held')).toEqual({ changes: [], next: null });
  });

  it('undoing the approval leaves the hub as it was', async () => {
    const undone = await rollcall.json<RunReport>(`runs undo ${approval.run.id} --reason mistake`);
    expect(undone.run).toMatchObject({ state: 'completed', mode: 'undo' });
    expect(undone.entities.users).toMatchObject({ reactivated: half.length, stale: 0 });
    expect(await inactive()).toEqual([]);
    const after = await hub();
    expect(after.filter((record) => !before.includes(record))).toEqual([]);
    expect(after).toHaveLength(before.length);
    expect(await rollcall.json(`runs show ${approval.run.id}`)).toMatchObject({ run: { state: 'rolled_back' } });
  });

  it('what was undone is not undone again', async () => {
    const { code, err } = await rollcall.run(`runs undo ${approval.run.id} --reason again`);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^A run that is rolled back cannot be undone\./),
    });
  });
});

describe('without an instance', () => {
  beforeAll(async () => {
    up.child.kill('SIGINT');
    await up.ended;
  });

  it('an approval is carried out all the same: it needs no source', async () => {
    const classes = await shown(await holdOf('classes'));
    const report = await rollcall.json<RunReport>(
      `holds approve ${classes.id} --digest ${classes.digest} --reason closed`,
    );
    expect(report.entities.classes).toMatchObject({ deactivated: classes.rows });
    expect(await shown(classes.id)).toMatchObject({ state: 'closed', closedReason: 'approved' });
    const undone = await rollcall.json<RunReport>(`runs undo ${report.run.id} --reason mistake`);
    expect(undone.entities.classes).toMatchObject({ reactivated: classes.rows });
  });

  it('what is declined leaves the hold at once, row by row', async () => {
    const decline = (seen: ShownHold, flags = '') =>
      rollcall.json(`holds decline ${seen.id} --digest ${seen.digest} --reason stays${flags}`);
    const seen = await shown(hold.id);
    const two = seen.changes.slice(0, 2).map((row) => row.localId);
    const rest = await decline(seen, ` --rows ${two.join(',')}`);
    const now = await shown(hold.id);
    expect(rest).toEqual({ hold: hold.id, declined: 2, left: { rows: seen.rows - 2, digest: now.digest } });
    expect(now).toMatchObject({ state: 'open', rows: seen.rows - 2 });
    expect(await decline(now)).toMatchObject({ declined: now.rows, left: { rows: 0 } });
    expect(await shown(hold.id)).toMatchObject({ state: 'closed', closedReason: 'declined', changes: [] });
  });

  it.each(['holds show', 'runs changes'])('"%s" of nothing is said in a sentence', async (words) => {
    for (const id of ['00000000-0000-7000-8000-000000000000', 'nothing'])
      expect(await rollcall.run(`${words} ${id}`)).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^There is no such/),
      });
  });
});
