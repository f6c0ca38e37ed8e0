/** The report of a bench: medians of its measurements as ratios, in the shape that scripts rely on. */
import type { Measurement } from './rounds.js';
import type { Phase, SubjectName } from './subject.js';

export interface PhaseReport {
  readonly seconds: number;
  readonly floorSeconds: number;
  readonly ratioToFloor: number;
  readonly timesFasterThanRowOrm: number;
  readonly timesFasterThanBatchedUpsert: number;
}

export interface GrowthPoint {
  readonly records: number;
  readonly seconds: number;
}

export type BenchReport = { readonly records: number } & Readonly<Record<Phase, PhaseReport>> & {
    /** The most that any process of the product had resident. */
    readonly peakRssMb: number;
    readonly growth: readonly GrowthPoint[];
    readonly settings: Readonly<Record<string, unknown>>;
  };

export function benchReport(
  measurements: readonly Measurement[],
  growth: readonly Measurement[],
  settings: Readonly<Record<string, unknown>>,
): BenchReport {
  const records = one(measurements, 'product', 'firstLoad').rows;
  const own = { records, seconds: round(one(measurements, 'product', 'firstLoad').seconds, 3) };
  const points = [...growth.map(({ rows, seconds }) => ({ records: rows, seconds: round(seconds, 3) })), own];
  return {
    records,
    firstLoad: phaseReport(measurements, 'firstLoad'),
    unchanged: phaseReport(measurements, 'unchanged'),
    changed: phaseReport(measurements, 'changed'),
    peakRssMb: Math.max(...[...measurements, ...growth].filter((m) => m.subject === 'product').map((m) => m.peakRssMb)),
    growth: points.sort((a, b) => a.records - b.records),
    settings,
  };
}

function phaseReport(measurements: readonly Measurement[], phase: Phase): PhaseReport {
  const of = (subject: SubjectName) => one(measurements, subject, phase);
  const rate = ({ rows, seconds }: Median): number => rows / seconds;
  const product = of('product');
  const floor = of('floor');
  return {
    seconds: round(product.seconds, 3),
    floorSeconds: round(floor.seconds, 3),
    ratioToFloor: round(product.seconds / floor.seconds, 2),
    timesFasterThanRowOrm: round(rate(product) / rate(of('rowOrm')), 1),
    timesFasterThanBatchedUpsert: round(rate(product) / rate(of('batchedUpsert')), 2),
  };
}

interface Median {
  readonly rows: number;
  readonly seconds: number;
}

function one(measurements: readonly Measurement[], subject: SubjectName, phase: Phase): Median {
  const found = measurements.filter((m) => m.subject === subject && m.phase === phase);
  if (found.length === 0) throw new RangeError(`nothing was measured of ${subject} in ${phase}`);
  return { rows: found[0]!.rows, seconds: median(found.map((m) => m.seconds)) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
