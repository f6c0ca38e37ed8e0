/** The command line of the bench. A wrong value is one sentence, never a guess. */
import { parseArgs } from 'node:util';

export interface Flags {
  readonly records: number;
  readonly runs: number;
  /** Rows of the row-by-row sample. */
  readonly sample: number;
  readonly growth: readonly number[];
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `npm run -s bench [-- --records N] [--runs R] [--sample S] [--growth] [--no-growth] [--json]
  --records   rows over all six entities (200000)
  --runs      interleaved runs, of which the median counts (3; 1 above 200000 rows)
  --sample    rows of the row-by-row ORM's sample (2000)
  --growth    also load 200 thousand and a million rows; --no-growth loads none but --records
  --json      one JSON object on standard output instead of a table`;

export class FlagProblem extends Error {}

export function readFlags(args: readonly string[]): Flags {
  const { values } = parse(args);
  const records = wholeNumber('records', values.records, 200_000);
  const points = values['no-growth']
    ? [records]
    : [20_000, ...(values.growth || records >= 1_000_000 ? [200_000, 1_000_000] : []), records];
  return {
    records,
    runs: wholeNumber('runs', values.runs, records <= 200_000 ? 3 : 1),
    sample: wholeNumber('sample', values.sample, 2000),
    growth: [...new Set(points)].sort((a, b) => a - b),
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        records: { type: 'string' },
        runs: { type: 'string' },
        sample: { type: 'string' },
        growth: { type: 'boolean' },
        'no-growth': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new FlagProblem(`${(error as Error).message} Try --help.`);
  }
}

function wholeNumber(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (!/^[1-9]\d{0,7}$/.test(given)) throw new FlagProblem(`--${name} must be a whole number from 1 to 99999999.`);
  return Number(given);
}
