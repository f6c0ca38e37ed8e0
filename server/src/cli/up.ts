/**
 * `up`: the whole product with one command. It starts everything, runs the first full sync, reports it, and stays up until it is
 * told to stop; with --once it stops by itself.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { fileProblem } from '../config/setup-problem.js';
import { RunBell } from '../jobs/run-bell.js';
import { requestRun } from '../sync/request-run.js';
import { followAndReport } from './carry-out-run.js';
import { fileName, wholeNumber } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import type { Surroundings } from './surroundings.js';
import type { Terminal } from './terminal.js';
import { BringUp, type Instance } from './up/bring-up.js';
import { nextSteps } from './up/next-steps.js';
import { EXIT } from './exit-codes.js';

interface Options {
  readonly students: number;
  readonly seed: number;
  readonly once?: boolean;
  readonly out?: string;
}

export function addUp(program: Command, frame: CommandFrame): void {
  const command = program
    .command('up')
    .description('Start everything: database, sandbox district, worker, API; sync once, and stay up until Ctrl-C.')
    .option('--students <n>', 'students of the district', wholeNumber(1, 2_000_000), 1000)
    .option(
      '--seed <n>',
      'names the district: another pair is another integration',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
      1,
    )
    .option('--once', 'stop after the first sync')
    .option('--out <file>', 'write the run report to this file as JSON too', fileName);
  act<Options>(command, frame, (terminal, options) => up(frame.at, terminal, options));
}

async function up(at: Surroundings, terminal: Terminal, options: Options): Promise<number> {
  const say = (sentence: string) => terminal.say(sentence);
  const bringUp = new BringUp(at, say);
  try {
    say(
      `Starting Rollcall with a district of ${options.students.toLocaleString('en-US')} students (seed ${options.seed}).`,
    );
    const instance = await bringUp.up(options);
    const code = await firstSync(at, terminal, instance, options.out);
    const steps = await nextSteps(instance);
    if (options.once) return code;
    say(steps);
    await asked(at.stop);
    return EXIT.ok;
  } finally {
    if (at.stop.aborted) say('Stopping.');
    await bringUp.down();
  }
}

async function firstSync(at: Surroundings, terminal: Terminal, instance: Instance, out?: string): Promise<number> {
  const { rollcall, queueAt, tenant, integration } = instance;
  const wanted = {
    tenantId: tenant.id,
    integration: integration.id,
    mode: 'full',
    trigger: 'up',
    actor: 'cli',
  } as const;
  const { runId } = await requestRun(rollcall.db, wanted);
  const bell = new RunBell(queueAt, rollcall.log);
  await bell.ring({ tenantId: tenant.id, runId });
  await bell.close();
  const write = (json: string) => out !== undefined && writeReport(resolve(out), json);
  return followAndReport(at, terminal, rollcall, { tenantId: tenant.id, runId }, write);
}

function writeReport(file: string, json: string): void {
  try {
    writeFileSync(file, `${json}\n`);
  } catch (error) {
    throw fileProblem(error, 'write', file);
  }
}

const asked = (stop: AbortSignal): Promise<void> =>
  new Promise((done) => (stop.aborted ? done() : stop.addEventListener('abort', () => done(), { once: true })));
