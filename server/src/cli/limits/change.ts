/** `limits set|remove`: each with a reason, in the name of the operating system's user. */
import { Option, type Command } from 'commander';
import { entityNames, Fault, percent, seasons, type EntityName, type Operation, type Season } from '@rollcall/core';
import type { StoredRule } from '../../store/limit-rules.js';
import { chooseTenant } from '../../store/tenants.js';
import { removeLimit, setLimit } from '../../sync/limits/change-limits.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { isUuid, reasonText, shareText, wholeNumber } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { number } from '../table.js';
import { withRollcall } from '../with-rollcall.js';

interface SetOptions {
  readonly integration?: string;
  readonly school?: string;
  readonly entity?: EntityName;
  readonly operation?: Operation;
  readonly season?: Season;
  readonly share: number;
  readonly rows: number;
  readonly reason: string;
  readonly tenant?: string;
}

const operations = ['create', 'update', 'reactivate', 'deactivate'];

export function changeLimitCommands(limits: Command, frame: CommandFrame): void {
  const set = limits
    .command('set')
    .description(
      'Sets a limit; both must be reached. All of a scope waits whatever a limit says. It holds from the next run on.',
    )
    .requiredOption('--share <share>', 'of the active rows of a school: 0.05 or 5%', shareText)
    .requiredOption('--rows <n>', 'and so many rows', wholeNumber(1, 2_147_483_647))
    .option('--integration <name>', 'only of this integration')
    .option('--school <name>', 'only in this school, by its name or local id')
    .addOption(new Option('--entity <entity>', 'only of this entity').choices(entityNames))
    .addOption(new Option('--operation <operation>', 'only for this operation').choices(operations))
    .addOption(new Option('--season <season>', 'only in this season of the calendar').choices([...seasons]))
    .requiredOption('--reason <text>', 'kept with the limit', reasonText)
    .option('--tenant <name>', 'needed only where there are several');
  act<SetOptions>(set, frame, (terminal, options) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const { reason, share, rows, integration = null, school = null } = options;
      const { entity = null, operation = null, season = null } = options;
      const rule = { integration, school, entity, operation, season, share, rows };
      const made = await setLimit(db, { tenantId, rule, reason, actor: operatingUser() });
      terminal.result(made, () => `Set ${made.id}: ${limitSentence(made)}.`);
      return EXIT.ok;
    }),
  );
  const remove = limits
    .command('remove')
    .description('Removes a limit; the next specific one holds, in the end the default.')
    .argument('<id>')
    .requiredOption('--reason <text>', 'kept in the audit trail', reasonText)
    .option('--tenant <name>', 'needed only where there are several');
  act<Pick<SetOptions, 'tenant' | 'reason'>>(remove, frame, (terminal, { tenant, reason }, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      if (!isUuid(id!)) throw new Fault('not_found', 'There is no such limit.');
      const removed = await removeLimit(db, { tenantId, id: id!, reason, actor: operatingUser() });
      terminal.result(removed, () => `Removed: ${limitSentence(removed)}.`);
      return EXIT.ok;
    }),
  );
}

/** A limit in words. */
export function limitSentence(rule: StoredRule): string {
  const where = [
    rule.school === null ? 'any school' : rule.school,
    rule.integration === null ? 'any integration' : rule.integration,
    ...(rule.season === null ? [] : [`in season ${rule.season}`]),
  ];
  const what = `${rule.operation ?? 'any change'} of ${rule.entity ?? 'any entity'}`;
  return `${what} (${where.join(', ')}) waits from ${percent(rule.share)} and ${number(rule.rows)} rows on`;
}
