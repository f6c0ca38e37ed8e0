/**
 * The whole instance under fire: PostgreSQL's postmaster, the worker, or `up` itself killed in the middle of a first load. It
 * comes to the same counts as an undisturbed one, by itself or with the next start.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { entityNames, type RunReport } from '@rollcall/core';
import { readPostmaster } from '../config/postmaster-file.js';
import { CommandLine } from './testing/command-line.js';

const district = 'up --students 6000 --seed 5 --once --json';
let rollcall: CommandLine;
beforeEach(() => {
  rollcall = new CommandLine();
});
afterEach(() => rollcall.close());

/** With `district`, this is where the worker stands still, so that the blow falls there on a machine of any speed. */
const moments = {
  'users are read': 'page.committed:4:freeze',
  'enrollments are read': 'page.committed:10:freeze',
  'users are applied': 'chunk.written:2:freeze',
};
const postmaster = () => readPostmaster(join(rollcall.dataDir, 'postgres', 'cluster'))!.pid;
const instance = () =>
  JSON.parse(readFileSync(join(rollcall.dataDir, 'instance.json'), 'utf8')) as {
    owner: { pid: number };
    processes: { name: string; pid: number }[];
  };

const worker = () => instance().processes.find(({ name }) => name === 'worker')?.pid;

/** Resolves with the worker's pid once it stands still. */
async function frozenWorker(): Promise<number> {
  for (; ; await sleep(20)) {
    const pid = existsSync(join(rollcall.dataDir, 'instance.json')) ? worker() : undefined;
    if (!pid) continue;
    const { stdout } = spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' });
    if (stdout.trim().startsWith('T')) return pid;
  }
}

/** Everything that is in the source is in the hub, once, and a second look finds nothing to do. */
async function expectWhole(report: RunReport): Promise<void> {
  expect(report.run).toMatchObject({ state: 'completed', integration: 'sandbox-6000-5' });
  for (const name of entityNames) {
    const counts = report.entities[name];
    expect({ name, read: counts.read, kept: counts.created + counts.ignored }).toEqual({
      name,
      read: counts.announced,
      kept: counts.announced,
    });
  }
  const again = await rollcall.json<RunReport>(district.replace(' --json', ''));
  for (const name of entityNames) expect(again.entities[name]).toMatchObject({ applied: 0, missing: 0, rejected: 0 });
}

describe('in the middle of a first load', () => {
  it.each(Object.entries(moments))(
    'PostgreSQL dies while %s: it comes back on its port, and the run goes on',
    async (_, failpoint) => {
      const up = rollcall.start(district, { ROLLCALL_FAILPOINT: failpoint });
      const frozen = await frozenWorker();
      process.kill(postmaster(), 'SIGKILL');
      process.kill(frozen, 'SIGCONT');
      const { code, out, err } = await up.ended;
      expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/PostgreSQL ended; starting it again/) });
      await expectWhole(JSON.parse(out) as RunReport);
    },
    120_000,
  );

  it('"up" dies: the next start ends what it left behind and goes on with the same run', async () => {
    const up = rollcall.start(district, { ROLLCALL_FAILPOINT: moments['users are read'] });
    await frozenWorker();
    process.kill(instance().owner.pid, 'SIGKILL');
    await up.ended;
    const { code, out } = await rollcall.run(district);
    expect(code).toBe(0);
    const report = JSON.parse(out) as RunReport;
    expect(report.run.attempt).toBeGreaterThan(1);
    await expectWhole(report);
  });

  it('the worker dies in the middle of a chunk: it is started again and the run ends well', async () => {
    const { code, out, err } = await rollcall.run(district, { ROLLCALL_FAILPOINT: 'chunk.written:4' });
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/The worker was ended by SIGKILL; starting it again/),
    });
    const report = JSON.parse(out) as RunReport;
    expect(report.run.attempt).toBe(2);
    await expectWhole(report);
  });
});
