/** What a scenario is: a fault of the list in docs/faults.md, and how it is brought about. */
import type { Trial } from '../world/trial.js';

export interface Scenario {
  /** F1, F2, … */
  readonly fault: string;
  readonly play: (trial: Trial) => Promise<void>;
  /** No further run is asked for when the fault is over: what is compared is what the scenario left. */
  readonly endsItself?: boolean;
}
