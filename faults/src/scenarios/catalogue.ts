/** Every scenario of the suite. A fault without one is not in the report: nothing is counted that was not tried. */
import { badAnswers } from './bad-answers.js';
import { clocks } from './clocks.js';
import { databaseFaults } from './database-faults.js';
import { deaths } from './deaths.js';
import { deploys } from './deploys.js';
import { dyingServers } from './dying-servers.js';
import { falseSources } from './false-sources.js';
import { killedWorkers } from './killed-workers.js';
import { massChanges } from './mass-changes.js';
import { queueFaults } from './queue-faults.js';
import type { Scenario } from './scenario.js';
import { slowDrains } from './slow-drain.js';
import { sourceErrors } from './source-errors.js';
import { unsteadyLists } from './unsteady-lists.js';
import { wordsOfPeople } from './words-of-people.js';

const scenarios: readonly Scenario[] = [
  ...killedWorkers,
  ...deaths,
  ...dyingServers,
  ...databaseFaults,
  ...sourceErrors,
  ...unsteadyLists,
  ...badAnswers,
  ...falseSources,
  ...queueFaults,
  ...clocks,
  ...massChanges,
  ...slowDrains,
  ...wordsOfPeople,
  ...deploys,
];

const order = (fault: string): number => Number(fault.slice(1));

export const faultNames: readonly string[] = [...new Set(scenarios.map(({ fault }) => fault))].toSorted(
  (a, b) => order(a) - order(b),
);

export const scenariosOf = (fault: string): readonly Scenario[] =>
  scenarios.filter((scenario) => scenario.fault === fault);
