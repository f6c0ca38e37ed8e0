/** `integration matching <name>`: how its new records find ours; shows it, or sets it from a file. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { entityNames, rulesOf } from '@rollcall/core';
import type { StoredMatchSettings } from '../../store/match-settings.js';
import { chooseTenant } from '../../store/tenants.js';
import { setMatchSettings, showMatchSettings } from '../../sync/matching/set-match-settings.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { reasonText } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly file?: unknown;
  readonly defaults?: boolean;
  readonly reason?: string;
  readonly tenant?: string;
}

export function matchingCommand(integration: Command, frame: CommandFrame): void {
  const command = integration
    .command('matching')
    .description('Show how its new records find records that we have, or set it. It holds from the next sync on.')
    .argument('<name>', "the integration's name or id")
    .addOption(new Option('--file <file>', 'take the settings of this JSON file').argParser(jsonOf))
    .addOption(new Option('--defaults', 'go back to the defaults').conflicts('file'))
    .option('--reason <text>', 'why; needed to set it, and kept in the audit trail', reasonText)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { file, defaults, reason = '', tenant }, name) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const of = { tenantId, integration: name! };
      const stored =
        file !== undefined || defaults
          ? await setMatchSettings(db, { ...of, settings: defaults ? null : file, reason, actor: operatingUser() })
          : await showMatchSettings(db, of);
      terminal.result(stored, () => matchingText(stored));
      return EXIT.ok;
    }),
  );
}

export function matchingText({ settings, set }: StoredMatchSettings): string {
  const { on, strongFrom, askFrom, rekey } = settings;
  const who = set ? `Set by ${set.by} on ${set.at.toISOString().slice(0, 10)}: ${set.reason}` : 'The defaults.';
  if (!on) return `New records are not matched with ours. ${who}`;
  const rows = entityNames.flatMap((entity) =>
    rulesOf(settings, entity).map((rule) => [
      entity,
      rule.name,
      rule.score,
      rule.fields.join(', '),
      rule.roles?.join(', '),
    ]),
  );
  return [
    `A single match of ${strongFrom} or more is joined; one of ${askFrom} or more waits for a person.`,
    `New ids of ${rekey.rows} records and ${Math.round(rekey.share * 1000) / 10}% of a school wait together.`,
    who,
    '',
    table(['entity', 'rule', 'score', 'all agree', 'roles'], rows),
  ].join('\n');
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    throw new InvalidArgumentError('It must be a file that can be read, with JSON in it.');
  }
}
