/** What every decision at the terminal is asked for: its reason, the rows it is limited to, and whether it may wait its turn. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isUuid, reasonText } from './option-values.js';

export interface DecisionOptions {
  readonly reason: string;
  readonly rows?: readonly string[];
  readonly rowsFile?: readonly string[];
  readonly wait?: boolean;
  readonly tenant?: string;
}

export function addDecisionOptions(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; it is kept with the decision', reasonText)
    .addOption(new Option('--rows <ids>', 'only these rows: local ids, separated by commas').argParser(localIds))
    .addOption(
      new Option('--rows-file <file>', 'only the rows of this file: one local id a line')
        .argParser(localIdsOfFile)
        .conflicts('rows'),
    )
    .option('--wait', 'wait while another run of the integration is under way, instead of being refused')
    .option('--tenant <name>', 'needed only where there are several');
}

/** Null for all rows. */
export const selectionOf = ({ rows, rowsFile }: DecisionOptions): readonly string[] | null => rows ?? rowsFile ?? null;

/** As "holds show" prints it. */
export function digestText(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It must be the digest that "holds show" prints, 64 hexadecimal digits.');
}

const localIds = (text: string): string[] => checkedIds(text.split(','), 'It must be local ids, separated by commas.');

function localIdsOfFile(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new InvalidArgumentError('It must be a file that can be read.');
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return checkedIds(lines, 'It must hold local ids, one a line.');
}

function checkedIds(words: readonly string[], rule: string): string[] {
  const ids = new Set(words.map((word) => word.trim().toLowerCase()));
  if (ids.size === 0 || ![...ids].every(isUuid)) throw new InvalidArgumentError(rule);
  return [...ids];
}
