/** `serve` and `worker`: one more process of the product in the foreground, on the database that the other commands use. */
import type { Command } from 'commander';
import { Settings, readSettings } from '../config/settings.js';
import { EXIT } from './exit-codes.js';
import { wholeNumber } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import type { RunningProcess, Surroundings } from './surroundings.js';
import type { Terminal } from './terminal.js';
import { choosePort } from './up/choose-port.js';
import { withRollcall } from './with-rollcall.js';

interface ServeOptions {
  readonly port?: number;
}

export function addServe(program: Command, frame: CommandFrame): void {
  const command = program
    .command('serve')
    .description('Serve the API on 127.0.0.1 until Ctrl-C.')
    .option('--port <port>', '0 takes a free one', wholeNumber(0, 65_535));
  act<ServeOptions>(command, frame, (terminal, options) =>
    withRollcall(frame.at, 'app', async ({ urls, lent }) => {
      const settings = readSettings(frame.at.env);
      const fallback = Settings.parse({}).apiPort;
      const wish = { what: 'API', variable: 'ROLLCALL_API_PORT', setting: options.port ?? settings.apiPort, fallback };
      const port = await choosePort(wish);
      const { logLevel, redisUrl } = settings;
      const process = { databaseUrl: urls.app, redisUrl, dataDir: lent.dataDir, logLevel, env: frame.at.env, port };
      return untilAsked(frame.at, terminal, await frame.at.runApi(process), `API on http://127.0.0.1:${port}/api/docs`);
    }),
  );
}

export function addWorker(program: Command, frame: CommandFrame): void {
  const command = program.command('worker').description('Work on runs until Ctrl-C.');
  act(command, frame, (terminal) =>
    withRollcall(frame.at, 'app', async ({ urls, lent }) => {
      const { logLevel, redisUrl, metricsPort } = readSettings(frame.at.env);
      const process = { databaseUrl: urls.worker, redisUrl, dataDir: lent.dataDir, logLevel, env: frame.at.env };
      const running = await frame.at.runWorker({ ...process, metricsPort });
      const { metrics } = running.ready;
      const where = typeof metrics === 'string' ? `; metrics on ${metrics}` : '';
      return untilAsked(frame.at, terminal, running, `Waiting for runs${where}`);
    }),
  );
}

async function untilAsked(
  { stop }: Surroundings,
  terminal: Terminal,
  running: RunningProcess,
  what: string,
): Promise<number> {
  terminal.result({ ready: true, ...running.ready }, () => `${what}. Ctrl-C stops it.`);
  if (!stop.aborted) await new Promise((done) => stop.addEventListener('abort', done, { once: true }));
  await running.stop();
  return EXIT.ok;
}
