/** Turns whatever a command ran into into one sentence, a next step, a code for scripts and an exit code. */
import { CommanderError } from 'commander';
import { Fault } from '@rollcall/core';
import { SetupProblem } from '../config/setup-problem.js';
import { isDatabaseAway } from '../jobs/database-away.js';
import { Advice } from './advice.js';
import { EXIT } from './exit-codes.js';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
  readonly exitCode: number;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return usage(error);
  if (error instanceof SetupProblem) return setup(error);
  if (error instanceof Advice) return { ...failureOf(error.fault), nextStep: error.nextStep };
  if (error instanceof Fault)
    return { code: error.code, message: error.publicText, nextStep: error.nextStep, exitCode: EXIT.failed };
  if ((error as Error | null)?.name === 'AbortError')
    return {
      code: 'interrupted',
      message: 'Interrupted.',
      nextStep: 'Start the command again; nothing is lost.',
      exitCode: EXIT.interrupted,
    };
  if (isDatabaseAway(error)) {
    const nextStep = 'Check that it runs, with "rollcall doctor".';
    return { code: 'unavailable', message: 'The database does not answer.', nextStep, exitCode: EXIT.failed };
  }
  return {
    code: 'internal_error',
    message: `Something went wrong that should not have (${error instanceof Error ? error.name : typeof error}).`,
    nextStep: 'Set ROLLCALL_LOG_LEVEL=debug to see where, and report it.',
    exitCode: EXIT.failed,
  };
}

function usage(error: CommanderError): Failure {
  const message = error.message
    .replace(/^error: /, '')
    .split('\n')[0]!
    .replace(/\.?$/, '.');
  return {
    code: 'usage',
    message: message[0]!.toUpperCase() + message.slice(1),
    nextStep: 'Try --help.',
    exitCode: EXIT.usage,
  };
}

/** A SetupProblem is one sentence with its next step after the colon. */
function setup(error: SetupProblem): Failure {
  const [, message, nextStep] = /^(.*?): ([^:]*\.)$/s.exec(error.message) ?? [null, error.message, ''];
  const sentence = (text: string) => (text ? text[0]!.toUpperCase() + text.slice(1).replace(/\.?$/, '.') : '');
  return {
    code: 'setup_problem',
    message: sentence(message!),
    nextStep: sentence(nextStep!),
    exitCode: error.exitCode,
  };
}
