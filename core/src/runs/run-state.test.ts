/** Laws of the run states: no state is a trap, final ones are closed but for an undo, and the sweeper misses none. */
import { describe, expect, it } from '@jest/globals';
import { finalRunStates, mayMove, runStates, runTransitions, workableRunStates, type RunState } from './run-state.js';

const undone: readonly RunState[] = ['rolled_back', 'partly_rolled_back'];
const open = runStates.filter((state) => !finalRunStates.includes(state));

function reachable(from: RunState): Set<RunState> {
  const seen = new Set<RunState>([from]);
  for (const state of seen) for (const next of runTransitions[state]) seen.add(next);
  return seen;
}

describe('run states', () => {
  it('can all be reached from queued', () => {
    expect([...reachable('queued')].toSorted()).toEqual([...runStates].toSorted());
  });

  it.each(open)('%s can be stopped, failed or cancelled at once', (state) => {
    for (const stop of ['paused', 'needs_attention', 'failed', 'cancelled'] as const)
      if (stop !== state) expect(mayMove(state, stop)).toBe(true);
  });

  it.each(open)('%s can still come to a completed end', (state) => {
    expect(reachable(state).has('completed')).toBe(true);
  });

  it.each(finalRunStates)('%s goes nowhere but into an undo', (state) => {
    expect(runTransitions[state].every((next) => undone.includes(next))).toBe(true);
  });

  it('what is rolled back stays rolled back', () => {
    expect(runTransitions.rolled_back).toEqual([]);
  });

  it.each(runStates)('%s never moves to itself, except for another partial undo', (state) => {
    expect(mayMove(state, state)).toBe(state === 'partly_rolled_back');
  });

  it('nothing is applied without a plan', () => {
    expect(runStates.filter((state) => mayMove(state, 'applying')).toSorted()).toEqual(
      ['awaiting_approval', 'needs_attention', 'paused', 'planned'].toSorted(),
    );
  });

  it('the sweeper looks at every open state that waits for no person', () => {
    const waiting: RunState[] = ['awaiting_approval', 'paused', 'needs_attention'];
    expect([...workableRunStates].toSorted()).toEqual(open.filter((state) => !waiting.includes(state)).toSorted());
  });
});
