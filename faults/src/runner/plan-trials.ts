/** Which trials a run of the suite has: faults and backends in turn, each trial with a seed of its own from which all else follows. */
import { scenariosOf } from '../scenarios/catalogue.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Backend } from '../world/lane.js';
import { mix } from './random.js';

export interface PlannedTrial {
  readonly fault: string;
  readonly backend: Backend;
  readonly seed: number;
}

export interface Wanted {
  readonly runs: number;
  readonly seed: number;
  readonly only: readonly string[];
  readonly backends: readonly Backend[];
}

/** The first trial has the seed itself, so that `--runs 1` with its fault and backend replays any of them. */
export function planTrials({ runs, seed, only, backends }: Wanted): PlannedTrial[] {
  return Array.from({ length: runs }, (_, n) => {
    const round = Math.floor(n / only.length);
    return {
      fault: only[n % only.length]!,
      backend: backends[((n % only.length) + round) % backends.length]!,
      seed: n === 0 ? seed : mix(seed, n),
    };
  });
}

export function scenarioOf({ fault, seed }: PlannedTrial): Scenario {
  const scenarios = scenariosOf(fault);
  return scenarios[mix(seed, 7) % scenarios.length]!;
}

export const commandOf = ({ fault, backend, seed }: PlannedTrial): string =>
  `npm run faults -- --runs 1 --seed ${seed} --only ${fault} --backend ${backend}`;
