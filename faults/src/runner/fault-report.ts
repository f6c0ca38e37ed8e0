/** What a run of the suite found: counts by fault and by promise, how soon killed workers' runs went on, and each failure. */
import type { Promised, Violation } from '../check/violation.js';
import type { PlannedTrial } from './plan-trials.js';

export interface Failure extends PlannedTrial {
  readonly what: readonly string[];
}

export interface FaultReport {
  readonly runs: number;
  readonly seed: number;
  readonly byFault: Readonly<Record<string, { readonly runs: number; readonly violations: number }>>;
  readonly lost: number;
  readonly doubled: number;
  readonly foreign: number;
  readonly stuck: number;
  /** From the death of a worker or the loss of a queue until another attempt goes on; null without such trials. */
  readonly resumeSeconds: { readonly trials: number; readonly p50: number | null; readonly p99: number | null };
  readonly failures: readonly Failure[];
}

export interface Verdict {
  readonly trial: PlannedTrial;
  readonly violations: readonly Violation[];
  readonly resumeSeconds: readonly number[];
  /** How long the trial took. */
  readonly seconds: number;
}

export function faultReport(seed: number, verdicts: readonly Verdict[]): FaultReport {
  const all = verdicts.flatMap(({ violations }) => violations);
  const count = (promise: Promised) => all.filter((violation) => violation.promise === promise).length;
  const seconds = verdicts.flatMap((verdict) => verdict.resumeSeconds).toSorted((a, b) => a - b);
  return {
    runs: verdicts.length,
    seed,
    byFault: byFault(verdicts),
    lost: count('lost'),
    doubled: count('doubled'),
    foreign: count('foreign'),
    stuck: count('stuck'),
    resumeSeconds: { trials: seconds.length, p50: percentile(seconds, 0.5), p99: percentile(seconds, 0.99) },
    failures: verdicts.filter(({ violations }) => violations.length > 0).map(failure),
  };
}

function byFault(verdicts: readonly Verdict[]): FaultReport['byFault'] {
  const faults = new Map<string, { runs: number; violations: number }>();
  for (const { trial, violations } of verdicts) {
    const sum = faults.get(trial.fault) ?? { runs: 0, violations: 0 };
    faults.set(trial.fault, { runs: sum.runs + 1, violations: sum.violations + violations.length });
  }
  const number = (fault: string) => Number(fault.slice(1));
  return Object.fromEntries([...faults].toSorted(([a], [b]) => number(a) - number(b)));
}

const shown = 6;

const failure = ({ trial, violations }: Verdict): Failure => ({
  ...trial,
  what: violations.slice(0, shown).map(({ promise, what }) => `${promise}: ${what}`),
});

/** The smallest value that this share of the sorted values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]! * 100) / 100;
}

export function asTable({ byFault: faults, ...report }: FaultReport, verdicts: readonly Verdict[]): string {
  const mean = (fault: string, runs: number) =>
    verdicts.filter(({ trial }) => trial.fault === fault).reduce((sum, { seconds }) => sum + seconds, 0) / runs;
  const rows = Object.entries(faults).map(
    ([fault, { runs, violations }]) =>
      `${fault.padEnd(5)} ${runs} runs, ${violations} violations, ${mean(fault, runs).toFixed(1)} s each`,
  );
  const { lost, doubled, foreign, stuck, resumeSeconds: resumed } = report;
  return [
    ...rows,
    `${report.runs} runs of seed ${report.seed}: ${lost} lost, ${doubled} doubled, ${foreign} foreign, ${stuck} stuck`,
    `resumed after ${resumed.trials} deaths within ${resumed.p50} s (p50), ${resumed.p99} s (p99)`,
  ].join('\n');
}
