/** The report of a bench for people. */
import type { BenchReport } from './bench-report.js';
import { phases, type Phase } from './subject.js';

const titles: Readonly<Record<Phase, string>> = {
  firstLoad: 'first load',
  unchanged: 're-sync, nothing changed',
  changed: 're-sync, 0.1 % changed',
};

export function benchTable(report: BenchReport): string {
  const head = ['', 'seconds', 'floor', '× floor', 'row ORM ×', 'batched ×'];
  const body = phases.map((phase) => {
    const p = report[phase];
    return [
      titles[phase],
      p.seconds.toFixed(2),
      p.floorSeconds.toFixed(2),
      p.ratioToFloor.toFixed(2),
      p.timesFasterThanRowOrm.toFixed(1),
      p.timesFasterThanBatchedUpsert.toFixed(1),
    ];
  });
  const growth = report.growth.map(({ records, seconds }) => `${records} rows in ${seconds.toFixed(2)} s`);
  const settings = Object.entries(report.settings).map(([name, value]) => `  ${name}: ${textOf(value)}`);
  return [
    `${report.records} rows`,
    aligned([head, ...body]),
    `peak resident memory of the product: ${report.peakRssMb} MiB`,
    `first load as it grows: ${growth.join(', ')}`,
    'settings',
    ...settings,
  ].join('\n');
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const padded = (cell: string, i: number) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!));
  return rows.map((row) => row.map(padded).join('  ')).join('\n');
}

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, part]) => `${name}=${String(part)}`)
        .join(' ')
    : String(value);
