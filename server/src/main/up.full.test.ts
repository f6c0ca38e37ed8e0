/**
 * The whole product with one command, as a person starts it: what is reported adds up and equals what the source itself says, a
 * second start changes nothing, another pair is another integration, and nothing is left running.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { entityNames, runReportSchema, type RunReport } from '@rollcall/core';
import { CommandLine, type Ended } from './testing/command-line.js';

const sandbox = fileURLToPath(new URL('../../../timeback-sandbox/dist/main.js', import.meta.url));
const pair = 'up --students 2000 --seed 7';

let rollcall: CommandLine;
let first: Ended;
let second: Ended;
/** A command that only says what there is takes half a second; where it takes more, so does everything. */
let slowness: number;
beforeAll(async () => {
  rollcall = new CommandLine();
  first = await rollcall.run(`${pair} --once --json --out ${join(rollcall.dataDir, 'report.json')}`);
  slowness = Math.max(1, (await rollcall.run('--help')).seconds / 0.5);
  second = await rollcall.run(`${pair} --once --json`);
});
afterAll(() => rollcall.close());

const reportOf = (ended: Ended): RunReport => runReportSchema.parse(JSON.parse(ended.out));

/** What an undisturbed sandbox of the same pair says about itself. */
async function totalsOfSource(): Promise<Record<string, { rows: number; active: number }>> {
  const flags = ['--port', '0', '--students', '2000', '--seed', '7'];
  const child = spawn(process.execPath, [sandbox, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const { baseUrl } = JSON.parse(line) as { baseUrl: string };
  const answer = await fetch(`${baseUrl}/control/totals`);
  child.kill('SIGTERM');
  return (await answer.json()) as Record<string, { rows: number; active: number }>;
}

describe('a first start', () => {
  it('ends with 0 within 25 s and prints the report as one JSON object, nothing else', () => {
    expect({ code: first.code, lines: first.out.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 1 });
    expect(first.seconds).toBeLessThan(25 * slowness);
    expect(reportOf(first).run).toMatchObject({
      state: 'completed',
      mode: 'full',
      integration: 'sandbox-2000-7',
      attempt: 1,
    });
  });

  it('writes the same report to the file', () => {
    expect(readFileSync(join(rollcall.dataDir, 'report.json'), 'utf8')).toBe(first.out);
  });

  it('read what the source says it has, and created what is active there', async () => {
    const totals = await totalsOfSource();
    const { entities } = reportOf(first);
    for (const name of entityNames)
      expect({
        name,
        announced: entities[name].announced,
        read: entities[name].read,
        created: entities[name].created,
      }).toEqual({
        name,
        announced: totals[name]!.rows,
        read: totals[name]!.rows,
        created: totals[name]!.active,
      });
  });

  it.each(['first', 'second'])('adds up in every sum, as does a second one: %s', (which) => {
    const { entities } = reportOf(which === 'first' ? first : second);
    for (const name of entityNames) {
      const c = entities[name];
      expect(c.read).toBe(c.distinct + c.duplicate);
      expect(c.distinct).toBe(c.staged + c.rejected);
      expect(c.staged).toBe(c.unchanged + c.planned + c.declined + c.ignored);
      expect(c.planned + c.absent).toBe(c.applied + c.held + c.blocked + c.stale + c.conflict);
      expect(c.applied).toBe(c.created + c.updated + c.reactivated + c.deactivated);
      expect(c.complete).toBe(true);
    }
  });
});

describe('a second start', () => {
  it('creates, updates and deactivates nothing', () => {
    const { run, entities } = reportOf(second);
    expect({ code: second.code, state: run.state }).toEqual({ code: 0, state: 'completed' });
    for (const name of entityNames)
      expect(entities[name]).toMatchObject({
        created: 0,
        updated: 0,
        reactivated: 0,
        deactivated: 0,
        missing: 0,
        applied: 0,
      });
  });

  it('saved no new configuration', async () => {
    const [integration] = await rollcall.json<{ configurationVersion: number }[]>('integration list');
    expect(integration).toMatchObject({ name: 'sandbox-2000-7', configurationVersion: 1, state: 'active' });
  });
});

it('another pair is another integration, and takes nothing from the first', async () => {
  const report = await rollcall.json<RunReport>('up --students 300 --seed 8 --once');
  expect(report.run).toMatchObject({ state: 'completed', integration: 'sandbox-300-8' });
  for (const name of entityNames) expect(report.entities[name]).toMatchObject({ deactivated: 0, missing: 0, held: 0 });
  const again = await rollcall.json<RunReport>(`${pair} --once`);
  for (const name of entityNames) expect(again.entities[name]).toMatchObject({ applied: 0, missing: 0 });
});

it('leaves nothing running and nothing locked', () => {
  expect(existsSync(join(rollcall.dataDir, 'instance.json'))).toBe(false);
  expect(existsSync(join(rollcall.dataDir, 'lock'))).toBe(false);
});

it('without a running instance, commands start the database for their own duration', async () => {
  const runs = await rollcall.json<{ id: string; state: string }[]>('runs list');
  expect(runs).toHaveLength(4);
  const shown = await rollcall.json<RunReport>(`runs show ${runs.at(-1)!.id}`);
  expect(shown).toEqual(reportOf(first));
  expect((await rollcall.run('runs show 00000000-0000-0000-0000-000000000000 --json')).code).toBe(1);
});
