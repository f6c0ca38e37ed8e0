/** The command line: all commands, usage errors in one sentence, and the exit code of the one that ran. */
import { Command, CommanderError } from 'commander';
import { failureOf } from './failure.js';
import { EXIT } from './exit-codes.js';
import { addClients } from './clients.js';
import { addCsv } from './csv.js';
import { addDeadLetters } from './dead-letters.js';
import { addDoctor } from './doctor.js';
import { addExport } from './export.js';
import { addHealth } from './health.js';
import { addHolds } from './holds.js';
import { addIntegration } from './integration.js';
import { addLimits } from './limits.js';
import { addMappings } from './mappings.js';
import { addMigrate } from './migrate.js';
import { addRuns } from './runs.js';
import type { CommandFrame } from './run-command.js';
import { addSandbox } from './sandbox.js';
import { addScheduleCommands } from './schedule.js';
import { addServe, addWorker } from './serve.js';
import type { Surroundings } from './surroundings.js';
import { addSync } from './sync.js';
import { Terminal } from './terminal.js';
import { addUp } from './up.js';

const commands = [
  ...[addUp, addSync, addRuns, addHolds, addLimits, addIntegration, addScheduleCommands, addDeadLetters, addSandbox],
  ...[addHealth, addMappings, addCsv, addExport, addClients],
  ...[addServe, addWorker, addMigrate, addDoctor],
];

/** Runs the command that the words name and returns the exit code. Never throws. */
export async function runCli(words: readonly string[], at: Surroundings): Promise<number> {
  const frame: CommandFrame = { at, outcome: { exitCode: EXIT.ok } };
  const program = new Command('rollcall')
    .description("Keeps a school platform's rosters in step with the systems around it.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => void at.out.write(text), writeErr: () => undefined })
    .enablePositionalOptions()
    .showSuggestionAfterError(true);
  for (const add of commands) add(program, frame);
  try {
    if (words.length === 0) {
      at.err.write(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync(words, { from: 'user' });
    return frame.outcome.exitCode;
  } catch (error) {
    // Commander throws for --help and --version as well.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const failure = failureOf(error);
    new Terminal(at, words.includes('--json')).fail(failure);
    return failure.exitCode;
  }
}
