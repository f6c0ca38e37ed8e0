/** `dead-letters edit|revert <id>`: puts fields of a refused record right and tries it again; takes that back. */
import { InvalidArgumentError, type Command } from 'commander';
import { chooseTenant } from '../../store/tenants.js';
import { editAndReplay, revertEdit } from '../../sync/letters/edit-and-replay.js';
import { advised } from '../advice.js';
import { carryOutRun } from '../carry-out-run.js';
import { reasonText } from '../option-values.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';
import { letterOf } from './letter-of.js';
import { underWay } from './replay.js';

interface Options {
  readonly reason: string;
  readonly tenant?: string;
}

export function editCommand(letters: Command, frame: CommandFrame): void {
  const edit = letters
    .command('edit')
    .description('Give fields of the record other values until its source changes its own, and try it again.')
    .argument('<id>')
    .requiredOption('--set <field=value...>', 'a field and its value; anything but text as JSON', assignment)
    .requiredOption('--reason <text>', 'why; it is kept with the correction', reasonText)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options & { set: Readonly<Record<string, unknown>> }>(edit, frame, (terminal, options, id) =>
    withRollcall(frame.at, 'worker', async (rollcall) => {
      const { db } = rollcall;
      const { wanted } = await asked(rollcall, options, id!);
      const run = await editAndReplay(db, { ...wanted, fields: options.set }).catch((error: unknown) => {
        throw advised(error, underWay);
      });
      return carryOutRun(frame.at, terminal, rollcall, run);
    }),
  );
  const revert = letters
    .command('revert')
    .description('Take the corrections of a record back; the next run reads it as its source has it.')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why', reasonText)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(revert, frame, (terminal, options, id) =>
    withRollcall(frame.at, 'app', async (rollcall) => {
      const { wanted } = await asked(rollcall, options, id!);
      const done = await revertEdit(rollcall.db, wanted);
      terminal.result(
        { letter: id, ...done },
        () => `Taken back: ${done.reverted}. The next run reads the record anew.`,
      );
      return EXIT.ok;
    }),
  );
}

async function asked({ db }: { db: Parameters<typeof letterOf>[0] }, { tenant, reason }: Options, id: string) {
  const { id: tenantId } = await chooseTenant(db, tenant);
  const letter = await letterOf(db, tenantId, id);
  const of = { tenantId, integration: letter.integrationId, letterId: letter.id };
  return { wanted: { ...of, reason, actor: operatingUser() } };
}

/** `familyName=Reed`, `grades=["07"]`, `enabledUser=true`, `email=null`. */
function assignment(text: string, before: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const [, field, value] = /^([A-Za-z]+)=(.*)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined) throw new InvalidArgumentError('It must be field=value.');
  return { ...before, [field]: valueOf(value) };
}

/** Numbers stay text: no field is a number, and many are digits. */
function valueOf(text: string): unknown {
  if (!/^(\[|\{|"|true$|false$|null$)/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError('Its value looks like JSON and cannot be read.');
  }
}
