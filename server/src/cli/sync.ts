/** `sync <integration>`: one run, by the running instance's worker or in this process, followed to its end and reported. */
import { Option, type Command } from 'commander';
import type { RunMode } from '@rollcall/core';
import type { RecordKey } from '../store/dirty-records.js';
import { requestRecords } from '../sync/request-records.js';
import { requestRun, type RequestedRun } from '../sync/request-run.js';
import { chooseTenant } from '../store/tenants.js';
import { carryOutRun } from './carry-out-run.js';
import { recordKeys } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import type { Terminal } from './terminal.js';
import { withRollcall, type LentRollcall } from './with-rollcall.js';

interface Options {
  readonly plan?: boolean;
  readonly incremental?: boolean;
  readonly full?: boolean;
  readonly records?: readonly RecordKey[];
  readonly tenant?: string;
}

export function addSync(program: Command, frame: CommandFrame): void {
  const command = program
    .command('sync')
    .description('Bring the hub in step with an integration by its strategy, and report what was done.')
    .argument('<integration>', 'its name or id')
    .addOption(new Option('--plan', 'stop after planning: nothing is applied').conflicts(['incremental', 'full']))
    .addOption(new Option('--incremental', 'read only what changed since the last run, and in full when in doubt'))
    .addOption(new Option('--full', 'read everything').conflicts('incremental'))
    .addOption(
      new Option('--records <keys>', 'read only these records, by their ids at the source: users:ID,classes:ID')
        .argParser(recordKeys)
        .conflicts(['plan', 'incremental', 'full']),
    )
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, options, integration) =>
    withRollcall(frame.at, 'worker', async (rollcall) => {
      const run = await request(rollcall, terminal, options, integration!);
      if (!run.created) terminal.say('A run of this integration is under way; following it.');
      return carryOutRun(frame.at, terminal, rollcall, run);
    }),
  );
}

async function request(
  { db }: LentRollcall,
  terminal: Terminal,
  options: Options,
  integration: string,
): Promise<RequestedRun> {
  const { id: tenantId } = await chooseTenant(db, options.tenant);
  const wanted = { tenantId, integration, trigger: 'manual', actor: 'cli' } as const;
  if (!options.records) return requestRun(db, { ...wanted, mode: modeOf(options) });
  const { run, mode } = await requestRecords(db, { ...wanted, records: options.records });
  if (mode === 'full') terminal.say('The configuration has changed since the last full read: everything is read.');
  return run!;
}

/** Undefined for what the integration's strategy says. */
function modeOf({ plan, incremental, full }: Options): RunMode | undefined {
  if (plan) return 'plan';
  if (incremental) return 'incremental';
  return full ? 'full' : undefined;
}
