/**
 * An instance that stays up: the commands that `up` suggests work beside it, a second one is refused in one sentence, and Ctrl-C,
 * however often it comes, ends everything.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entityNames, type RunReport } from '@rollcall/core';
import { CommandLine, type Started } from './testing/command-line.js';

let rollcall: CommandLine;
let up: Started;
beforeAll(async () => {
  rollcall = new CommandLine();
  up = rollcall.start('up --students 400 --seed 3');
  await up.says(/Rollcall is up/);
});
afterAll(() => rollcall.close());

const instance = () =>
  JSON.parse(readFileSync(join(rollcall.dataDir, 'instance.json'), 'utf8')) as {
    apiUrl: string;
    sandboxUrl: string;
    processes: { name: string; pid: number }[];
  };
const pidOf = (name: string) => instance().processes.find((process) => process.name === name)!.pid;
const sync = () => rollcall.json<RunReport>('sync sandbox-400-3');
const sum = (report: RunReport, count: 'updated' | 'held' | 'deactivated' | 'created') =>
  entityNames.reduce((total, name) => total + report.entities[name][count], 0);

describe('beside a running instance', () => {
  it('names three commands to try next, and the addresses', async () => {
    const said = await up.says(/Ctrl-C/);
    expect(said.match(/npm run -s rollcall -- sandbox control/g)).toHaveLength(3);
    expect(said).toContain(`${instance().apiUrl}/api/docs`);
    expect(said).toContain(instance().sandboxUrl);
  });

  it('a change of 0.1 % is updated, and nothing else', async () => {
    const { total } = await rollcall.json<{ total: number }>('sandbox control edit {"share":0.001}');
    const report = await sync();
    expect(report.run.state).toBe('completed');
    expect(sum(report, 'updated')).toBeGreaterThanOrEqual(total - 1);
    expect(sum(report, 'created') + sum(report, 'deactivated')).toBe(0);
  });

  it('a plan applies nothing', async () => {
    await rollcall.json('sandbox control edit {"share":0.01}');
    const plan = await rollcall.json<RunReport>('sync sandbox-400-3 --plan');
    expect(plan.run).toMatchObject({ mode: 'plan', state: 'completed' });
    expect(sum(plan, 'updated')).toBe(0);
    expect(entityNames.reduce((total, name) => total + plan.entities[name].planned, 0)).toBeGreaterThan(0);
    expect(sum(await sync(), 'updated')).toBeGreaterThan(0);
  });

  it('a lost school is held back, shown, and forgiven when it comes back', async () => {
    await rollcall.json('sandbox control lose-school');
    const lost = await sync();
    expect(lost.run.state).toBe('completed_with_holds');
    expect(sum(lost, 'deactivated')).toBe(0);
    expect(sum(lost, 'held')).toBeGreaterThan(0);
    const holds = await rollcall.json<{ id: string; rows: number }[]>('holds list');
    expect(holds.map((hold) => hold.id).toSorted()).toEqual(lost.holds.map((hold) => hold.id).toSorted());
    const shown = await rollcall.json<{ changes: unknown[] }>(`holds show ${holds[0]!.id} --limit 5`);
    expect(shown.changes.length).toBeGreaterThan(0);
    await rollcall.json('sandbox control restore-school');
    expect((await sync()).run.state).toBe('completed');
    expect(await rollcall.json('holds list')).toEqual([]);
  });

  it('an emptied collection takes nobody away, and the report says that it was not read completely', async () => {
    await rollcall.json('sandbox control empty {"entity":"users"}');
    const emptied = await sync();
    expect(emptied.run.reason).toContain('users');
    expect(emptied.entities.users).toMatchObject({ complete: false, read: 0, deactivated: 0, held: 0 });
    await rollcall.json('sandbox control empty {"entity":"users","off":true}');
    expect((await sync()).run).toMatchObject({ state: 'completed', reason: null });
  });

  it('records that turn bad are rejected by name, and the others go on', async () => {
    const bad = await rollcall.json<{ sourcedIds: string[] }>(
      'sandbox control bad-records {"entity":"users","kind":"missing-name","count":2}',
    );
    const spoiled = await sync();
    expect(spoiled.run.state).toBe('completed_with_rejects');
    expect(spoiled.rejects.map((reject) => reject.externalId).toSorted()).toEqual(bad.sourcedIds.toSorted());
    expect(spoiled.entities.users).toMatchObject({ rejected: 2, deactivated: 0, missing: 0 });
    await rollcall.json('sandbox control reset {}');
  });

  it('the API shows the same report as the command line', async () => {
    const [latest] = await rollcall.json<{ id: string }[]>('runs list --limit 1');
    const fromApi = await (await fetch(`${instance().apiUrl}/api/v1/runs/${latest!.id}`)).json();
    expect(fromApi).toEqual(await rollcall.json(`runs show ${latest!.id}`));
  });

  it('the doctor finds nothing wrong', async () => {
    expect(await rollcall.json('doctor')).toMatchObject({ ok: true });
    expect(await rollcall.json('integration test sandbox-400-3')).toMatchObject({ ok: true });
  });

  it('a second one is refused in one sentence', async () => {
    const { code, out, err } = await rollcall.run('up --json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'setup_problem' } });
    expect(err).toMatch(/is in use by another Rollcall \(process \d+\)\. Stop that one first/);
  });

  it.each(['worker', 'sandbox', 'api'])('a killed %s is started again, and syncs go on', async (name) => {
    const before = pidOf(name);
    process.kill(before, 'SIGKILL');
    while (pidOf(name) === before) await new Promise((done) => setTimeout(done, 50));
    expect((await sync()).run.state).toBe('completed');
  });
});

it('ends everything when it is asked to, with 0, however often it is asked', async () => {
  const pids = instance().processes.map(({ pid }) => pid);
  for (let n = 0; n < 3; n += 1) up.child.kill('SIGINT');
  const { code, seconds } = await up.ended;
  expect(code).toBe(0);
  expect(seconds).toBeGreaterThan(0);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  expect(existsSync(join(rollcall.dataDir, 'instance.json'))).toBe(false);
});
