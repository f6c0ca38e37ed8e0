/** The frame of every command: its options with --json, its terminal, its failures in one sentence, its exit code. */
import type { Command } from 'commander';
import { failureOf } from './failure.js';
import type { Surroundings } from './surroundings.js';
import { Terminal } from './terminal.js';

/** Set by the command that ran; read by `runCli`. */
export interface Outcome {
  exitCode: number;
}

export interface CommandFrame {
  readonly at: Surroundings;
  readonly outcome: Outcome;
}

type Action<Options> = (terminal: Terminal, options: Options, ...words: string[]) => Promise<number>;

/** Adds --json and the action, which returns the exit code. */
export function act<Options extends object>(command: Command, frame: CommandFrame, action: Action<Options>): Command {
  command.option('--json', 'print the result as JSON on standard output');
  return command.action(async (...args: unknown[]) => {
    const options = command.opts<Options & { json?: boolean }>();
    const words = args.slice(0, command.registeredArguments.length) as string[];
    const terminal = new Terminal(frame.at, options.json === true);
    try {
      frame.outcome.exitCode = await action(terminal, options, ...words);
    } catch (error) {
      if (frame.at.env.ROLLCALL_LOG_LEVEL === 'debug') terminal.say(String((error as Error)?.stack ?? error));
      const failure = failureOf(error);
      terminal.fail(failure);
      frame.outcome.exitCode = failure.exitCode;
    }
  });
}
