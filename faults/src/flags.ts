/** The command line of the fault suite. A wrong value is one sentence, never a guess. */
import { parseArgs } from 'node:util';
import { faultNames } from './scenarios/catalogue.js';
import { backends, type Backend } from './world/lane.js';

export interface Flags {
  readonly runs: number;
  readonly seed: number;
  readonly only: readonly string[];
  readonly backends: readonly Backend[];
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `npm run -s faults [-- --runs N] [--seed S] [--only F1,F2] [--backend postgres|redis|both] [--json]
  --runs      trials, spread evenly over the faults and the backends (64)
  --seed      from which each trial's own seed follows (1); the first trial's is the seed itself
  --only      these faults; known are ${faultNames.join(' ')}
  --backend   where the queue is (both)
  --json      one JSON object on standard output instead of a table
Exit codes: 0 no violation, 1 a violation or an error, 2 bad flags, 130 interrupted.`;

export class FlagProblem extends Error {}

export function readFlags(args: readonly string[]): Flags {
  const { values } = parse(args);
  const only = values.only === undefined ? faultNames : values.only.split(',').map((name) => name.trim().toUpperCase());
  const unknown = only.filter((name) => !faultNames.includes(name));
  if (unknown.length > 0)
    throw new FlagProblem(`There is no fault ${unknown.join(', ')}; known are ${faultNames.join(', ')}.`);
  const backend = values.backend ?? 'both';
  if (backend !== 'both' && !backends.includes(backend as Backend))
    throw new FlagProblem('--backend must be postgres, redis or both.');
  return {
    runs: wholeNumber('runs', values.runs, 64),
    seed: wholeNumber('seed', values.seed, 1),
    only,
    backends: backend === 'both' ? backends : [backend as Backend],
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    return parseArgs({
      args: [...args],
      options: { runs: text, seed: text, only: text, backend: text, json: flag, help: flag },
    });
  } catch (error) {
    throw new FlagProblem(`${(error as Error).message} Try --help.`);
  }
}

function wholeNumber(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(given) || Number(given) > 2 ** 31 - 1 || (name === 'runs' && Number(given) === 0))
    throw new FlagProblem(`--${name} must be a whole number, at most 2147483647.`);
  return Number(given);
}
