/** The report: its shape is a promise to scripts, and each figure follows from medians of rates. */
import { describe, expect, test } from '@jest/globals';
import { benchReport, median } from './bench-report.js';
import { benchTable } from './bench-table.js';
import type { Measurement } from './rounds.js';
import { phases } from './subject.js';

const measured = (subject: Measurement['subject'], phase: Measurement['phase'], seconds: number, rows = 200_000) => ({
  ...{ subject, phase, seconds, rows },
  peakRssMb: subject === 'product' ? 300 + seconds : 900,
});

const rounds: Measurement[] = phases.flatMap((phase) => [
  ...[6, 4, 100].map((seconds) => measured('product', phase, seconds)),
  ...[3, 4, 0.1].map((seconds) => measured('floor', phase, seconds)),
  measured('batchedUpsert', phase, 15),
  measured('rowOrm', phase, 5, 5000),
]);
const growth = [measured('product', 'firstLoad', 0.5, 20_000), measured('product', 'firstLoad', 40, 1_000_000)];
const report = benchReport(rounds, growth, { runs: 3 });

describe('bench report', () => {
  test('has exactly the keys that scripts rely on', () => {
    const keys = ['records', 'firstLoad', 'unchanged', 'changed', 'peakRssMb', 'growth', 'settings'];
    expect(Object.keys(report)).toEqual(keys);
    for (const phase of phases)
      expect(Object.keys(report[phase])).toEqual([
        ...['seconds', 'floorSeconds', 'ratioToFloor'],
        ...['timesFasterThanRowOrm', 'timesFasterThanBatchedUpsert'],
      ]);
  });

  test('gives medians and ratios, and compares rates where a subject took a sample', () => {
    expect(report.firstLoad).toEqual({
      ...{ seconds: 6, floorSeconds: 3, ratioToFloor: 2 },
      ...{ timesFasterThanRowOrm: 33.3, timesFasterThanBatchedUpsert: 2.5 },
    });
  });

  test('counts the memory of the product alone, in every run', () => {
    expect(report.peakRssMb).toBe(400);
  });

  test('shows how a first load grows, smallest first', () => {
    expect(report.growth.map((point) => point.records)).toEqual([20_000, 200_000, 1_000_000]);
  });

  test('refuses to report a subject that was not measured', () => {
    expect(() =>
      benchReport(
        rounds.filter((m) => m.subject !== 'floor'),
        [],
        {},
      ),
    ).toThrow(/floor/);
  });

  test('prints every phase for people', () => {
    for (const title of ['first load', 'nothing changed', '0.1 % changed']) expect(benchTable(report)).toContain(title);
  });
});

test('the median of an even number of runs lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
