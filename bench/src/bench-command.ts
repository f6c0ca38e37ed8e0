/**
 * What the benches share as commands: flags that are whole numbers with a default, a usage, a report as text or JSON on standard
 * output with its progress beside it, and an end in good order, also when interrupted.
 */
import { parseArgs } from 'node:util';
import { endChildren } from './child-process.js';

interface Bounds {
  readonly usual: number;
  readonly least?: number;
  readonly most?: number;
}

export interface Reported {
  readonly report: object;
  readonly text: string;
}

/** Exit codes: 0, 1 for a failure, 2 for wrong flags, 130 when interrupted. */
export async function benchCommand<Flag extends string>(
  { usage, flags }: { readonly usage: string; readonly flags: Readonly<Record<Flag, Bounds>> },
  bench: (values: Readonly<Record<Flag, number>>, log: (line: string) => void) => Promise<Reported>,
): Promise<void> {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      interrupted = true;
      endChildren();
    });
  try {
    const { json, help, numbers } = read(flags);
    if (help) return console.log(usage);
    const { report, text } = await bench(numbers, (line) => console.error(line));
    console.log(json ? JSON.stringify(report, null, 2) : text);
  } catch (error) {
    endChildren();
    const isFlag = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    process.exitCode = interrupted ? 130 : isFlag || error instanceof FlagProblem ? 2 : 1;
    if (process.exitCode === 2) console.error(`${(error as Error).message}\n${usage}`);
    else console.error(interrupted ? 'bench: interrupted' : error);
  }
}

class FlagProblem extends Error {}

function read<Flag extends string>(flags: Readonly<Record<Flag, Bounds>>) {
  const named = Object.keys(flags).map((flag) => [flag, { type: 'string' }] as const);
  const options = { ...Object.fromEntries(named), json: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  const values: Readonly<Record<string, unknown>> = parseArgs({ options }).values;
  const numbers = {} as Record<Flag, number>;
  for (const flag of Object.keys(flags) as Flag[]) {
    const { usual, least = 1, most = 50_000_000 } = flags[flag];
    const value = Number(values[flag] ?? usual);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new FlagProblem(`--${flag} is a whole number from ${least} to ${most}.`);
    numbers[flag] = value;
  }
  return { json: values['json'] === true, help: values['help'] === true, numbers };
}

/** One line for each figure. */
export const linesOf = (report: object): string =>
  Object.entries(report)
    .map(([name, value]) => `${name.padEnd(32)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('\n');
