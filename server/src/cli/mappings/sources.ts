/** `mappings sources <entity> <our id>`: the sources of one of our records by rank, and for each field in which they differ who says what. */
import { entityNames, Fault, type EntityName } from '@rollcall/core';
import { Argument, type Command } from 'commander';
import { whoSaysWhat, type SaidOfRecord } from '../../mapping/who-says-what.js';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { isUuid } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';

export function sourcesCommand(mappings: Command, frame: CommandFrame): void {
  const sources = mappings
    .command('sources')
    .description("A record's sources by rank, and what they say otherwise than each other. Shows people's values.")
    .addArgument(new Argument('<entity>', 'of which kind').choices(entityNames))
    .argument('<local-id>', 'our record')
    .option('--tenant <name>', 'needed only where there are several');
  act<{ readonly tenant?: string }>(sources, frame, (terminal, { tenant }, entity, localId) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      if (!isUuid(localId!)) throw new Fault('invalid_input', 'The id of a record of ours is a UUID.');
      const { id: tenantId } = await chooseTenant(db, tenant);
      const said = await whoSaysWhat(db, { tenantId, entity: entity as EntityName }, localId!);
      terminal.result(said, () => saidText(said));
      return EXIT.ok;
    }),
  );
}

export function saidText({ sources, fields }: SaidOfRecord): string {
  if (sources.length === 0) return 'The record has no source.';
  const links = sources.map((source) => [
    ...[source.integration, source.rank, source.externalId, source.state],
    ...[source.lastSeenAt?.toISOString().slice(0, 19), source.missingSince?.toISOString().slice(0, 19)],
    source.comparedNext,
  ]);
  const head = ['integration', 'rank', 'external id', 'state', 'last seen', 'missing since', 'compared anew next'];
  if (fields.length === 0) return `${table(head, links)}\n\nThey say the same.`;
  const speaking = [...new Set(fields.flatMap(({ differing }) => differing.map(({ integration }) => integration)))];
  const rows = fields.map(({ field, belongsTo, value, differing }) => [
    ...[field, belongsTo, valueText(value)],
    ...speaking.map((name) => {
      const other = differing.find(({ integration }) => integration === name);
      return other === undefined ? '(the same)' : valueText(other.value);
    }),
  ]);
  const heads = ['field', 'belongs to', 'in the hub', ...speaking.map((name) => `${name} says`)];
  return `${table(head, links)}\n\n${table(heads, rows)}`;
}

/** Text as it is, nothing as nothing, and the rest as JSON. */
const valueText = (value: unknown): string | null =>
  value === null || typeof value === 'string' ? value : JSON.stringify(value);
