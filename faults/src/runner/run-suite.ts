/**
 * Runs the planned trials side by side: quick ones in this process on a few lanes, those with worker processes on more of them,
 * because they mostly wait, and those that kill PostgreSQL on a server of their own.
 */
import type { InnerScenario, CrewScenario } from '../scenarios/scenario.js';
import { Lane, type Backend, type LaneOptions } from '../world/lane.js';
import { Postgres } from '../world/postgres.js';
import { CrewStage } from './crew-stage.js';
import type { Verdict } from './fault-report.js';
import { InnerStage } from './inner-stage.js';
import { scenarioOf, type PlannedTrial } from './plan-trials.js';

export interface SuiteOptions {
  readonly backends: readonly Backend[];
  readonly seed: number;
  readonly onVerdict: (verdict: Verdict) => void;
  readonly stop: AbortSignal;
}

/** Students of a lane: about 430 rows, in several pages and chunks. */
const students = 12;
const innerLanesEach = 2;
const crewLanesEach = 4;
/** Trials after which a lane gets an empty database. */
const renewAfter = 15;

type Play = (trial: PlannedTrial) => Promise<Omit<Verdict, 'seconds'>>;

/** No trial takes longer, unless it hangs: what it waits for then is the finding, and the suite goes on without its lane. */
const longestTrialMs = 600_000;

async function timed(trial: PlannedTrial, play: () => ReturnType<Play>): Promise<Verdict> {
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<Awaited<ReturnType<Play>>>((resolve) => {
    const stuck = { promise: 'stuck', what: `it hangs after ${longestTrialMs / 1000} s` } as const;
    timer = setTimeout(() => resolve({ trial, violations: [stuck], resumeSeconds: [] }), longestTrialMs);
  });
  const verdict = await Promise.race([play(), hangs]).finally(() => clearTimeout(timer));
  return { ...verdict, seconds: (performance.now() - begun) / 1000 };
}

export async function runSuite(trials: readonly PlannedTrial[], options: SuiteOptions): Promise<void> {
  const of = (kind: ReturnType<typeof kindOf>, backend?: Backend) =>
    trials.filter((trial) => kindOf(trial) === kind && (backend === undefined || trial.backend === backend));
  const postgres = await Postgres.start();
  try {
    const crews = options.backends.flatMap((backend) => {
      const queue = of('crew', backend);
      return lanes(queue, crewLanesEach, (n) => crewLane(postgres, backend, n, options), options);
    });
    const inner = options.backends.flatMap((backend, at) => {
      const open = (n: number) =>
        innerLane(postgres, { name: `inner_${backend}_${n}`, backend, n: 2 * at + n }, options);
      return lanes(of('inner', backend), innerLanesEach, open, options);
    });
    const storms = options.backends.map((backend) => stormLane(of('storm', backend), backend, options));
    await allOf([...inner, ...crews, ...storms]);
  } finally {
    await postgres.stop();
  }
}

function kindOf(trial: PlannedTrial): 'inner' | 'crew' | 'storm' {
  const scenario = scenarioOf(trial);
  if ('playWithCrew' in scenario) return 'crew';
  return scenario.killsServer ? 'storm' : 'inner';
}

/** All have ended before the first failure is thrown: what they use is taken down afterwards. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

interface OpenLane {
  readonly play: Play;
  readonly close: () => Promise<void>;
}

function lanes(
  queue: PlannedTrial[],
  most: number,
  open: (n: number) => Promise<OpenLane>,
  options: SuiteOptions,
): Promise<void>[] {
  return Array.from({ length: Math.min(most, queue.length) }, async (_, n) => {
    const lane = await open(n);
    try {
      for (let trial = queue.shift(); trial && !options.stop.aborted; trial = queue.shift())
        options.onVerdict(await timed(trial, () => lane.play(trial)));
    } finally {
      await lane.close();
    }
  });
}

const laneOptions = (postgres: Postgres, name: string, n: number, options: SuiteOptions): LaneOptions => ({
  name,
  postgres,
  backends: options.backends,
  students,
  seed: (options.seed % 1000) + 2 * n,
});

interface Place {
  readonly name: string;
  readonly backend: Backend;
  readonly n: number;
}

async function innerLane(postgres: Postgres, { name, backend, n }: Place, options: SuiteOptions): Promise<OpenLane> {
  const own = { ...laneOptions(postgres, name, n, options), backends: [backend] };
  const stage = new InnerStage(await Lane.open(own), backend);
  let played = 0;
  return {
    async play(trial) {
      played += 1;
      if (played % renewAfter === 0) await stage.renew();
      const violations = await stage.play(scenarioOf(trial) as InnerScenario, trial.seed);
      return { trial, violations, resumeSeconds: [] };
    },
    close: () => stage.close(),
  };
}

async function crewLane(postgres: Postgres, backend: Backend, n: number, options: SuiteOptions): Promise<OpenLane> {
  const own = { ...laneOptions(postgres, `crew_${backend}_${n}`, n, options), backends: [backend] };
  const stage = new CrewStage(await Lane.open(own), backend);
  return {
    async play(trial) {
      const { violations, resumeSeconds } = await stage.play(scenarioOf(trial) as CrewScenario, trial.seed);
      return { trial, violations, resumeSeconds };
    },
    close: () => stage.close(),
  };
}

async function stormLane(queue: PlannedTrial[], backend: Backend, options: SuiteOptions): Promise<void> {
  if (queue.length === 0) return;
  const postgres = await Postgres.start(true);
  try {
    await allOf(lanes(queue, 1, () => innerLane(postgres, { name: 'storm', backend, n: 9 }, options), options));
  } finally {
    await postgres.stop();
  }
}
