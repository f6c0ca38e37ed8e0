/** `mappings export`: all mappings of an integration to a file or to standard output, as CSV or JSON lines. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EntityName } from '@rollcall/core';
import { Option, type Command } from 'commander';
import { exportMappings } from '../../mapping/transfer/export-mappings.js';
import type { TransferFormat } from '../../mapping/transfer/read-rows.js';
import { linkStates, type LinkState } from '../../store/mappings/link.js';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { fileName } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';
import { entityOption, integrationOf } from './scope.js';

interface Options {
  readonly integration: string;
  readonly entity?: EntityName;
  readonly state?: LinkState;
  readonly format: TransferFormat;
  readonly out?: string;
  readonly tenant?: string;
}

export function exportCommand(mappings: Command, frame: CommandFrame): void {
  const command = mappings
    .command('export')
    .description('Export mappings as CSV or JSON lines; what went out can be imported again.')
    .requiredOption('--integration <name>', 'of which external system')
    .addOption(entityOption())
    .addOption(new Option('--state <state>', 'only these').choices(linkStates))
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'jsonl']).default('csv'))
    .option('--out <file>', 'to a file; without it to standard output', fileName)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { out, tenant, integration, ...options }) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const integrationId = await integrationOf(db, tenantId, integration);
      const text = Readable.from(exportMappings(db, { tenantId, integrationId, ...options }));
      if (out === undefined) await pipeline(text, frame.at.out, { end: false, signal: frame.at.stop });
      else {
        await pipeline(text, createWriteStream(out), { signal: frame.at.stop });
        terminal.result({ file: out }, () => `Written to ${out}.`);
      }
      return EXIT.ok;
    }),
  );
}
