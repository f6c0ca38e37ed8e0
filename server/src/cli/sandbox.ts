/** `sandbox`: an invented district behind a real HTTP API; `sandbox control` changes the one that is running. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import { dataFolder } from '../config/data-folder.js';
import { findInstance } from '../config/instance.js';
import { readSettings } from '../config/settings.js';
import { EXIT } from './exit-codes.js';
import { jsonObject, wholeNumber } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import type { Surroundings } from './surroundings.js';

interface StartOptions {
  readonly port: number;
  readonly students: number;
  readonly seed: number;
}

interface ControlOptions {
  readonly url?: string;
  readonly method?: string;
}

/** Controls that only look unless they are given something. */
const looking: ReadonlySet<string> = new Set(['totals', 'log', 'faults']);

export function addSandbox(program: Command, frame: CommandFrame): void {
  const sandbox = program
    .command('sandbox')
    .description('Serve an invented district on 127.0.0.1 until Ctrl-C.')
    .option('--port <port>', '0 takes a free one', wholeNumber(0, 65_535), 0)
    .option('--students <n>', 'students of the district', wholeNumber(1, 2_000_000), 1000)
    .option('--seed <n>', 'names the district', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1);
  act<StartOptions>(sandbox, frame, (_terminal, options) => serveSandbox(frame.at, options));
  const control = sandbox
    .command('control')
    .description('Change the running sandbox: edit, lose-school, restore-school, leavers, joiners, faults, totals, …')
    .argument('<verb>')
    .argument('[json]', 'what the control takes, as a JSON object')
    .option('--url <url>', "the sandbox's address; without it, that of the running instance")
    .option('--method <method>', 'GET, POST or DELETE, where the control knows several');
  act<ControlOptions>(control, frame, async (terminal, options, verb, json) => {
    const answer = await controlSandbox(options.url ?? runningSandbox(frame.at), verb!, json, options.method);
    terminal.result(answer, () => JSON.stringify(answer, null, 2));
    return EXIT.ok;
  });
}

/** Its ready line is the JSON of this command. */
async function serveSandbox(at: Surroundings, { port, students, seed }: StartOptions): Promise<number> {
  const flags = ['--port', port, '--students', students, '--seed', seed].map(String);
  const child = spawn(process.execPath, [at.programs.sandbox, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const end = () => child.kill('SIGTERM');
  at.stop.addEventListener('abort', end, { once: true });
  process.once('exit', end);
  if (at.stop.aborted) end();
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? EXIT.failed;
}

function runningSandbox(at: Surroundings): string {
  const url = findInstance(dataFolder(readSettings(at.env)))?.sandboxUrl;
  if (url) return url;
  throw new Fault('invalid_input', 'No sandbox is running: start one with "up", or name one with --url.');
}

async function controlSandbox(
  url: string,
  verb: string,
  json: string | undefined,
  method: string | undefined,
): Promise<unknown> {
  const body = json === undefined ? undefined : jsonObject(json);
  const how = method?.toUpperCase() ?? (body || !looking.has(verb) ? 'POST' : 'GET');
  const response = await fetch(new URL(`/control/${encodeURIComponent(verb)}`, url), {
    method: how,
    ...(how === 'POST' ? { body: JSON.stringify(body ?? {}), headers: { 'content-type': 'application/json' } } : {}),
    signal: AbortSignal.timeout(60_000),
  }).catch((error: Error) => {
    throw new Fault('source_unreachable', `The sandbox at ${url} does not answer.`, { cause: error });
  });
  const answer = (await response.json().catch(() => ({}))) as { error?: string };
  if (!response.ok) throw new Fault('invalid_input', answer.error ?? `The sandbox refused (${response.status}).`);
  return answer;
}
