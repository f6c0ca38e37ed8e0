/** The report of the packages' benchmark: medians, and the import as a share of the same load over REST. */
import { median } from '../bench-report.js';
import type { Measured } from '../subject.js';

export interface PackageRound {
  readonly rest: Measured;
  readonly export: Measured;
  readonly import: Measured;
}

export interface CsvReport {
  /** Rows of the six entities. */
  readonly records: number;
  /** Rows of all files, roles among them. */
  readonly exportRowsPerSecond: number;
  readonly exportPeakRssMb: number;
  readonly importRowsPerSecond: number;
  readonly restRowsPerSecond: number;
  readonly ratio: number;
  readonly importPeakRssMb: number;
}

export function csvReport(rounds: readonly PackageRound[]): CsvReport {
  const speed = (step: keyof PackageRound) =>
    Math.round(median(rounds.map((round) => round[step].rows / round[step].seconds)));
  const peak = (step: keyof PackageRound) => Math.max(...rounds.map((round) => round[step].peakRssMb));
  const ratio = median(rounds.map((round) => round.rest.seconds / round.import.seconds));
  return {
    records: rounds[0]!.rest.rows,
    exportRowsPerSecond: speed('export'),
    exportPeakRssMb: peak('export'),
    importRowsPerSecond: speed('import'),
    restRowsPerSecond: speed('rest'),
    ratio: Number(ratio.toFixed(3)),
    importPeakRssMb: peak('import'),
  };
}

export function csvText(report: CsvReport): string {
  return [
    `${report.records} rows`,
    `export ${report.exportRowsPerSecond} rows/s, ${report.exportPeakRssMb} MB resident`,
    `import ${report.importRowsPerSecond} rows/s, over REST ${report.restRowsPerSecond}: ${report.ratio} x, ${report.importPeakRssMb} MB resident`,
  ].join('\n');
}
