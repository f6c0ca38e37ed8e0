/** What a scenario is: a fault of the list in the README, and how it is brought about. */
import type { CrewTrial } from '../world/crew-trial.js';
import type { Trial } from '../world/trial.js';

/** In this process, with time that can be hurried. */
export interface InnerScenario {
  /** F1, F2, … */
  readonly fault: string;
  readonly play: (trial: Trial) => Promise<void>;
  /** No further run is asked for when the fault is over: what is compared is what the scenario left. */
  readonly endsItself?: boolean;
  /** The worker's way to its queue leads through a proxy. */
  readonly needsQueueProxy?: boolean;
  /** It needs a PostgreSQL that nobody else uses. */
  readonly killsServer?: boolean;
}

/** With worker processes, in real time. */
export interface CrewScenario {
  readonly fault: string;
  readonly playWithCrew: (trial: CrewTrial) => Promise<void>;
}

export type Scenario = InnerScenario | CrewScenario;
