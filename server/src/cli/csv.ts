/** `csv check <path>`: what a OneRoster package would become, row by row, without joining or changing anything; and `csv upload`. */
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { checkPackage, sentence, type PackageReport } from '@rollcall/connectors';
import { uploadCommand } from './csv/upload.js';
import { EXIT } from './exit-codes.js';
import { act, type CommandFrame } from './run-command.js';
import { table } from './table.js';

interface Options {
  readonly strict?: boolean;
  readonly oneroster: 'auto' | '1.1' | '1.2';
}

export function addCsv(program: Command, frame: CommandFrame): void {
  const csv = program.command('csv').description('OneRoster packages of CSV files.');
  const check = csv
    .command('check')
    .description('Read a package, and say what is wrong with it and what would be made of it. Changes nothing.')
    .argument('<path>', 'a zip file, or a folder with the CSV files')
    .option('--strict', 'refuse what the standard refuses')
    .addOption(
      new Option('--oneroster <version>', 'where the manifest does not tell it')
        .choices(['auto', '1.1', '1.2'])
        .default('auto'),
    );
  act<Options>(check, frame, async (terminal, { strict = false, oneroster }, path) => {
    const report = await checkPackage({ path: resolve(path!), strict, version: oneroster });
    terminal.result(report, () => textOf(report));
    return report.accepted ? EXIT.ok : EXIT.failed;
  });
  uploadCommand(csv, frame);
}

const shown = 50;

function textOf(report: PackageReport): string {
  const { refusal, version, collections, counts, broken, findings } = report;
  const verdict = refusal
    ? `Refused: ${sentence(refusal)}.`
    : `Accepted as OneRoster ${version}: ${counts.error} records left out, ${counts.warning} warnings.`;
  const rows = Object.entries(collections).map(([name, { rows: all, records, mode }]) => [name, all, records, mode]);
  const found = findings.slice(0, shown).map((finding) => `${finding.severity}: ${sentence(finding)}; ${finding.made}`);
  const times = broken.reduce((sum, { times: n }) => sum + n, 0);
  const more = times > found.length ? [`… and ${times - found.length} more; all that are kept come with --json`] : [];
  return [
    verdict,
    ...(rows.length > 0 ? [table(['file', 'rows', 'records', 'holds'], rows)] : []),
    ...found,
    ...more,
  ].join('\n');
}
