/** Every failure has a code for scripts, one sentence, and a next step; what was not foreseen shows nothing of its text. */
import { describe, expect, it } from '@jest/globals';
import { Fault, runStates } from '@rollcall/core';
import { SetupProblem } from '../config/setup-problem.js';
import { advised } from './advice.js';
import { exitCodeOf } from './exit-codes.js';
import { failureOf } from './failure.js';

describe('a failure', () => {
  it('takes sentence, code and next step from a fault', () => {
    const fault = new Fault('not_found', 'There is no such run.', { internal: 'secret detail' });
    expect(failureOf(fault)).toEqual({
      code: 'not_found',
      message: 'There is no such run.',
      nextStep: 'Check the id.',
      exitCode: 1,
    });
  });

  it('keeps the sentence of a fault, and takes the next step of a command that knows a better one', () => {
    const fault = new Fault('busy', 'Run 7 is under way.');
    const error = advised(fault, { busy: 'Add --wait.' });
    expect(failureOf(error)).toEqual({
      ...{ code: 'busy', message: 'Run 7 is under way.', nextStep: 'Add --wait.', exitCode: 1 },
    });
    expect(advised(fault, { stale_decision: 'Look again.' })).toBe(fault);
  });

  it('splits a setup problem into what is wrong and what to do', () => {
    const problem = new SetupProblem('Port 5 is taken by another program: end that program, or choose another port.');
    expect(failureOf(problem)).toEqual({
      code: 'setup_problem',
      message: 'Port 5 is taken by another program.',
      nextStep: 'End that program, or choose another port.',
      exitCode: 2,
    });
  });

  it('says that the database is away', () => {
    expect(failureOf(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toMatchObject({
      code: 'unavailable',
      exitCode: 1,
    });
  });

  it('keeps the text of an unforeseen error to itself: it may hold anything', () => {
    const failure = failureOf(new TypeError('Ada Quill is not a function'));
    expect(failure).toMatchObject({ code: 'internal_error', exitCode: 1 });
    expect(JSON.stringify(failure)).not.toMatch(/Ada/);
  });

  it('of an interrupted command has the code that shells use', () => {
    expect(failureOf(new DOMException('x', 'AbortError')).exitCode).toBe(130);
  });
});

describe('the exit code', () => {
  it('is 0 for what came to its end, held and rejected rows included, 1 for what failed, 3 for what waits', () => {
    const codes = Object.fromEntries(runStates.map((state) => [state, exitCodeOf(state)]));
    expect(codes).toMatchObject({
      completed: 0,
      completed_with_holds: 0,
      completed_with_rejects: 0,
      failed: 1,
      cancelled: 1,
    });
    expect(codes).toMatchObject({ paused: 3, needs_attention: 3, queued: 3, applying: 3, awaiting_approval: 3 });
  });
});
