/** `mappings import <file>`: mappings from CSV or JSON lines, all or those that are sound; every row's outcome can be written to a file. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { once } from 'node:events';
import { Fault } from '@rollcall/core';
import { Option, type Command } from 'commander';
import { importMappings, mostImportBytes, type ImportResult } from '../../mapping/transfer/import-mappings.js';
import type { TransferFormat } from '../../mapping/transfer/read-rows.js';
import type { ImportedRow } from '../../store/mappings/import-stage.js';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { fileName } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { number, table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { integrationOf, withReason, type ReasonOption } from './scope.js';

interface Options extends ReasonOption {
  readonly integration: string;
  readonly format?: TransferFormat;
  readonly skipBad?: boolean;
  readonly dryRun?: boolean;
  readonly report?: string;
  readonly tenant?: string;
}

const shownRows = 20;

export function importCommand(mappings: Command, frame: CommandFrame): void {
  const command = withReason(mappings.command('import').description('Import mappings from CSV or JSON lines.'))
    .argument('<file>', 'with entity, externalId and localId', fileName)
    .requiredOption('--integration <name>', 'of which external system')
    .addOption(new Option('--format <format>', 'when the name does not end so').choices(['csv', 'jsonl']))
    .option('--skip-bad', 'import the sound rows; without it one bad row is enough and nothing is imported')
    .option('--dry-run', 'say what would be imported and change nothing')
    .option('--report <file>', 'write what became of every row', fileName)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, options, file) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const integrationId = await integrationOf(db, tenantId, options.integration);
      await proveFile(file!);
      const report = options.report === undefined ? null : createWriteStream(options.report);
      const first: ImportedRow[] = [];
      const told = async (rows: readonly ImportedRow[]) => {
        first.push(...rows.filter(({ outcome }) => !done.has(outcome)).slice(0, shownRows - first.length));
        const text = rows.map(({ row, outcome }) => `${row},${outcome}\n`).join('');
        if (report && !report.write(text)) await once(report, 'drain');
      };
      report?.write('row,outcome\n');
      const result = await importMappings(
        db,
        { tenantId, integrationId, ...wishOf(file!, options) },
        createReadStream(file!),
        { actor: operatingUser(), reason: options.reason },
        told,
        frame.at.stop,
      ).finally(() => report && new Promise((ended) => report.end(ended)));
      terminal.result({ ...result, firstRefused: first }, () => resultText(result, first));
      return result.committed || (result.dryRun && result.refused === 0) ? EXIT.ok : EXIT.failed;
    }),
  );
}

const done: ReadonlySet<string> = new Set(['created', 'unchanged']);

const wishOf = (file: string, { format, skipBad, dryRun, report }: Options) =>
  ({
    format: format ?? (/\.(jsonl|ndjson)$/i.test(file) ? 'jsonl' : 'csv'),
    mode: skipBad ? 'skip-bad' : 'all-or-nothing',
    dryRun: dryRun === true,
    report: report === undefined ? 'refused' : 'all',
  }) as const;

async function proveFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new Fault('invalid_input', `There is no file ${file}.`);
  if (found.size > mostImportBytes)
    throw new Fault('invalid_input', `${file} has more than ${mostImportBytes / 2 ** 20} MiB: split it into several.`);
}

function resultText(result: ImportResult, first: readonly ImportedRow[]): string {
  const { rows, created, unchanged, refused, committed, dryRun } = result;
  const verb = committed ? 'imported' : dryRun ? 'would be imported' : 'imported: nothing was, for a row was refused';
  return [
    `${number(rows)} rows: ${number(committed || dryRun ? created : 0)} ${verb}, ${number(unchanged)} there already, ${number(refused)} refused.`,
    ...(first.length > 0
      ? [
          '',
          table(
            ['row', 'outcome'],
            first.map(({ row, outcome }) => [row, outcome]),
          ),
        ]
      : []),
    ...(refused > first.length ? ['More are in the file that --report names.'] : []),
  ].join('\n');
}
