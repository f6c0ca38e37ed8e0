/** `runs changes <id>`: a run's plan row by row. Fields are named; people's values are shown only with --values. */
import { Option, type Command } from 'commander';
import { entityNames, plannedOperations } from '@rollcall/core';
import { changeStates, listChanges, type ChangeFilter, type ChangePage, type RunChange } from '../../store/changes.js';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { wholeNumber } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { runOf } from './run-of.js';

interface Options extends ChangeFilter {
  readonly values?: boolean;
  readonly limit: number;
  readonly after?: string;
  readonly tenant?: string;
}

export function runChangesCommand(runs: Command, frame: CommandFrame): void {
  const command = runs
    .command('changes')
    .description('What a run planned and did, row by row.')
    .argument('<id>', 'its id, or "last"')
    .addOption(new Option('--entity <entity>', 'only of this entity').choices(entityNames))
    .addOption(new Option('--state <state>', 'only in this state').choices(changeStates))
    .addOption(new Option('--operation <operation>', 'only this operation').choices([...plannedOperations]))
    .option('--values', 'show the values before and after too: they are personal data')
    .option('--limit <n>', 'at most so many rows', wholeNumber(1, 1000), 100)
    .option('--after <place>', 'go on after the end of the page before')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, options, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const page = await db.withTenant(tenantId, async (tx) => {
        const run = await runOf(tx, tenantId, id!);
        return listChanges(tx, { tenantId, runId: run.id }, options, options);
      });
      terminal.result(shown(page, options), () => changesText(page, options.values === true));
      return EXIT.ok;
    }),
  );
}

function shown({ changes, next }: ChangePage, { values }: Options) {
  const rows = changes.map(({ before, after, ...change }) => (values ? { ...change, before, after } : change));
  return { changes: rows, next };
}

export function changesText({ changes, next }: ChangePage, values: boolean): string {
  if (changes.length === 0) return 'There are no such rows.';
  const rows = changes.map((c) => [
    ...[c.entity, c.externalId, c.operation, c.state, values ? valuesText(c) : c.fields.join(', ')],
    ...[c.reason, c.localId],
  ]);
  const heads = ['entity', 'external id', 'operation', 'state', values ? 'values' : 'fields', 'why', 'local id'];
  return [table(heads, rows), ...(next ? [`There are more; go on with --after ${next}`] : [])].join('\n');
}

const valuesText = ({ fields, before, after }: RunChange): string =>
  fields.map((name) => `${name}: ${text(before?.[name])} → ${text(after?.[name])}`).join('; ');

const text = (value: unknown): string => (value === undefined || value === null ? '-' : JSON.stringify(value));
