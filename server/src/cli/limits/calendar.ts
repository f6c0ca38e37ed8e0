/** `limits calendar add|list|remove|suggest`: the seasons in which limits set for them hold. */
import { Option, type Command } from 'commander';
import { Fault, seasons, type Season, type SeasonDays } from '@rollcall/core';
import { chooseTenant } from '../../store/tenants.js';
import { listCalendar, type CalendarEntry } from '../../store/term-calendar.js';
import { addToCalendar, fillCalendar, removeFromCalendar, suggestCalendar } from '../../sync/limits/change-calendar.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { dayText, isUuid, reasonText } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly tenant?: string;
}

interface Place extends Options {
  readonly integration?: string;
  readonly zone?: string;
}

export function addCalendarCommands(limits: Command, frame: CommandFrame): void {
  const calendar = limits
    .command('calendar')
    .description('Seasons of the school year, in which limits of their own may hold.');
  addAdd(calendar, frame);
  const list = calendar.command('list').description('All seasons, in the order of their days.');
  act<Options>(list.option(...tenantOption), frame, (terminal, { tenant }) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const entries = await db.withTenant(tenantId, (tx) => listCalendar(tx, tenantId));
      terminal.result(entries, () => calendarText(entries, 'The calendar is empty.'));
      return EXIT.ok;
    }),
  );
  const remove = calendar
    .command('remove')
    .description('Removes a season from the calendar.')
    .argument('<id>')
    .requiredOption('--reason <text>', 'kept in the audit trail', reasonText);
  act<Options & { reason: string }>(remove.option(...tenantOption), frame, (terminal, { tenant, reason }, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      if (!isUuid(id!)) throw new Fault('not_found', 'There is no such entry in the calendar.');
      const removed = await removeFromCalendar(db, { tenantId, id: id!, reason, actor: operatingUser() });
      terminal.result(removed, () => `Removed: ${daysText(removed)}.`);
      return EXIT.ok;
    }),
  );
  addSuggest(calendar, frame);
}

function addAdd(calendar: Command, frame: CommandFrame): void {
  const add = calendar
    .command('add')
    .description('Adds a season to the calendar.')
    .argument('<name>', 'for example "Start of spring"')
    .addOption(new Option('--kind <kind>', 'what it is').choices([...seasons]).makeOptionMandatory())
    .requiredOption('--from <day>', 'its first day, like 2027-01-04', dayText)
    .requiredOption('--to <day>', 'its last day', dayText)
    .option('--integration <name>', 'only for this integration')
    .option('--school <name>', 'only for this school, by its name or local id')
    .option('--zone <name>', "time zone of the days; the integration's own, else UTC")
    .requiredOption('--reason <text>', 'kept in the audit trail', reasonText);
  type AddOptions = Place & { kind: Season; from: string; to: string; school?: string; reason: string };
  act<AddOptions>(add.option(...tenantOption), frame, (terminal, options, name) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const { kind, from: startsOn, to: endsOn, integration = null, school = null, zone: timeZone = null } = options;
      const entry = { name: name!, kind, startsOn, endsOn, integration, school, timeZone };
      const added = await addToCalendar(db, { tenantId, entry, reason: options.reason, actor: operatingUser() });
      terminal.result(added, () => `Added ${added.id}: ${daysText(added)}.`);
      return EXIT.ok;
    }),
  );
}

function addSuggest(calendar: Command, frame: CommandFrame): void {
  const suggest = calendar
    .command('suggest')
    .description("Seasons that the roster's own sessions name and the calendar does not have.")
    .option('--add', 'take them over')
    .option('--integration <name>', 'with --add: only for this integration')
    .option('--zone <name>', "with --add: time zone of the days; the integration's own, else UTC")
    .option('--reason <text>', 'kept in the audit trail', reasonText, 'suggested by the sessions of the roster');
  type SuggestOptions = Place & { add?: boolean; reason: string };
  act<SuggestOptions>(suggest.option(...tenantOption), frame, (terminal, options) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const { zone: timeZone = null, integration = null, reason } = options;
      const found = options.add
        ? await fillCalendar(db, { tenantId, timeZone, integration, reason, actor: operatingUser() })
        : await suggestCalendar(db, tenantId);
      terminal.result(found, () =>
        calendarText(found, 'The sessions of the roster suggest nothing that is not there.'),
      );
      return EXIT.ok;
    }),
  );
}

const tenantOption = ['--tenant <name>', 'needed only where there are several'] as const;

function calendarText(entries: readonly (SeasonDays | CalendarEntry)[], none: string): string {
  if (entries.length === 0) return none;
  const stored = (days: SeasonDays | CalendarEntry): days is CalendarEntry => 'id' in days;
  const heads = ['entry', 'kind', 'name', 'from', 'to', 'time zone', 'integration', 'school'];
  const rows = entries.map((days) => [
    ...[stored(days) ? days.id : null, days.kind, days.name, days.startsOn, days.endsOn],
    ...(stored(days) ? [days.timeZone, days.integration ?? 'all', days.school ?? 'all'] : [null, null, null]),
  ]);
  return table(heads, rows);
}

const daysText = ({ name, kind, startsOn, endsOn }: SeasonDays): string =>
  `${name} (${kind}), ${startsOn} to ${endsOn}`;
