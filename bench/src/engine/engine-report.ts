/** The report of the engine's benchmark: medians and ratios, for scripts and for people. */
import { median } from '../bench-report.js';
import type { Fairness } from './fairness.js';
import type { StepRounds } from './steps.js';

export interface EngineReport {
  readonly records: number;
  /** From the first request to the last staged row; from then to the finished plan, which begins while rows still come. */
  readonly planning: { readonly stagingSeconds: number; readonly planningSeconds: number; readonly ratio: number };
  readonly undo: { readonly applySeconds: number; readonly undoSeconds: number; readonly ratio: number };
  readonly incremental: {
    readonly rowsRead: number;
    readonly seconds: number;
    readonly fetchSeconds: number;
    readonly beyondFetchSeconds: number;
  };
  readonly fairness: {
    readonly aloneSeconds: number;
    readonly besideSeconds: number;
    readonly afterSeconds: number;
    readonly worstBesideSeconds: number;
    readonly ratio: number;
    readonly runsBeside: number;
  };
}

export function engineReport(steps: StepRounds, { aloneSeconds, besideSeconds, afterSeconds }: Fairness): EngineReport {
  const step = (rounds: StepRounds['undo'], name: string) => median(rounds.map((m) => (m.steps?.[name] ?? 0) / 1000));
  const ratioOf = (pairs: readonly number[]) => round(median(pairs));
  const { firstLoad, incremental, undo } = steps;
  const seconds = median(incremental.map((m) => m.seconds));
  const fetchSeconds = step(incremental, 'fetching');
  const [alone, beside] = [median(aloneSeconds), median(besideSeconds)];
  return {
    records: firstLoad[0]!.rows,
    planning: {
      stagingSeconds: round(step(firstLoad, 'fetching')),
      planningSeconds: round(step(firstLoad, 'staged')),
      ratio: ratioOf(firstLoad.map((m) => m.steps!.staged! / m.steps!.fetching!)),
    },
    undo: {
      applySeconds: round(step(firstLoad, 'applying')),
      undoSeconds: round(median(undo.map((m) => m.seconds))),
      ratio: ratioOf(undo.map((m, i) => (m.seconds * 1000) / firstLoad[i]!.steps!.applying!)),
    },
    incremental: {
      rowsRead: incremental[0]!.rows,
      seconds: round(seconds),
      fetchSeconds: round(fetchSeconds),
      beyondFetchSeconds: round(seconds - fetchSeconds),
    },
    fairness: {
      aloneSeconds: round(alone),
      besideSeconds: round(beside),
      afterSeconds: round(median(afterSeconds)),
      worstBesideSeconds: round(Math.max(...besideSeconds)),
      ratio: round(beside / alone),
      runsBeside: besideSeconds.length,
    },
  };
}

export function engineText({ records, planning, undo, incremental, fairness }: EngineReport): string {
  return [
    `${records} rows`,
    `planning ${planning.planningSeconds} s after staging ${planning.stagingSeconds} s: ${planning.ratio} x`,
    `undoing a first load ${undo.undoSeconds} s, its apply ${undo.applySeconds} s: ${undo.ratio} x`,
    `incremental: ${incremental.rowsRead} rows read in ${incremental.fetchSeconds} s, the rest took ${incremental.beyondFetchSeconds} s`,
    `a small tenant's run ${fairness.aloneSeconds} s alone, ${fairness.besideSeconds} s beside a large one: ${fairness.ratio} x (${fairness.runsBeside} runs)`,
  ].join('\n');
}

const round = (value: number): number => Number(value.toFixed(3));
