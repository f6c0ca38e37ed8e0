/**
 * An integration's condition in words: what is wrong, since when, when it is tried next, what still works meanwhile and what a person
 * can do. A source that is down costs nothing but time, and these sentences say so.
 */
import type { HealthCheck } from '@rollcall/connectors';
import { spanInWords, timeInWords } from './words.js';

export interface ConditionFacts {
  readonly now: Date;
  readonly name: string;
  /** By a person. */
  readonly pausedBecause: string | null;
  readonly check: {
    readonly status: HealthCheck['status'];
    readonly code: string | null;
    readonly reason: string | null;
  } | null;
  readonly checkedAt: Date | null;
  readonly failingSince: Date | null;
  readonly nextCheckAt: Date | null;
  /** A run that has stopped: why, since when and when it goes on by itself, if it does. */
  readonly run: {
    readonly state: 'paused' | 'needs_attention';
    readonly reason: string | null;
    readonly nextStep: string | null;
    readonly resumeAt: Date | null;
  } | null;
  readonly lastCompleteAt: Date | null;
}

export type ConditionState =
  'well' | 'unknown' | 'paused_by_person' | 'slowed_down' | 'refused' | 'down' | 'run_waits' | 'needs_person';

export interface Condition {
  readonly state: ConditionState;
  readonly sentences: readonly string[];
  readonly since: Date | null;
  /** When something is tried again without anybody's doing. */
  readonly nextTryAt: Date | null;
  /** What a person can do; null when there is nothing to do. */
  readonly nextStep: string | null;
  readonly stillWorks: readonly string[];
}

export function describeCondition(facts: ConditionFacts): Condition {
  const { failingSince, nextCheckAt, run, pausedBecause } = facts;
  const state = stateOf(facts);
  const ill = state !== 'well' && state !== 'unknown';
  const tries = [run?.resumeAt, pausedBecause === null ? nextCheckAt : null].filter((at) => at != null);
  const nextTryAt = pausedBecause !== null ? null : (tries.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null);
  return {
    state,
    sentences: sentencesOf(state, facts).filter((sentence) => sentence !== null),
    since: failingSince,
    nextTryAt,
    nextStep: ill ? nextStepOf(state, facts) : null,
    stillWorks: ill ? worksOn(facts) : [],
  };
}

function stateOf({ pausedBecause, check, run }: ConditionFacts): ConditionState {
  if (pausedBecause !== null) return 'paused_by_person';
  if (check?.status === 'unhealthy') return check.code === 'source_unauthorised' ? 'refused' : 'down';
  if (run?.state === 'needs_attention') return 'needs_person';
  if (run !== null) return 'run_waits';
  if (check === null) return 'unknown';
  return check.status === 'degraded' ? 'slowed_down' : 'well';
}

function sentencesOf(state: ConditionState, facts: ConditionFacts): (string | null)[] {
  const { name, now, failingSince, check, checkedAt, pausedBecause, run } = facts;
  const since = failingSince
    ? `since ${timeInWords(failingSince)} (${spanInWords(now.getTime() - failingSince.getTime())})`
    : 'at the last look';
  const opening: Record<ConditionState, string> = {
    well: `${name} answers${checkedAt ? `, as of ${timeInWords(checkedAt)}` : ''}.`,
    unknown: `${name} has not been looked at yet.`,
    paused_by_person: `${name} is paused by a person: ${pausedBecause}. Nothing of it is read until it is resumed.`,
    slowed_down: `${name} answers, and asks us to slow down.`,
    refused: `${name} has refused our credentials ${since}.`,
    down: `${name} has not answered as it should ${since}: ${check?.reason ?? 'the check failed'}`,
    run_waits: `${name} answers; a run of it waits.`,
    needs_person: `${name} answers; a run of it needs a person.`,
  };
  return [opening[state], runSentence(run), nextLook(facts)];
}

function runSentence(run: ConditionFacts['run']): string | null {
  if (run === null) return null;
  const why = run.reason === null ? '' : ` (${run.reason})`;
  if (run.state === 'needs_attention') return `Its run waits for a person${why}.`;
  if (run.resumeAt === null) return `Its run rests where it stopped${why}.`;
  return `Its run is paused${why}; it goes on by itself at ${timeInWords(run.resumeAt)} from where it stopped, and nothing is lost but time.`;
}

const nextLook = ({ pausedBecause, nextCheckAt }: ConditionFacts): string | null =>
  pausedBecause === null && nextCheckAt !== null ? `The next look is at ${timeInWords(nextCheckAt)}.` : null;

function nextStepOf(state: ConditionState, { run, name }: ConditionFacts): string {
  if (state === 'paused_by_person') return `Resume ${name} when its runs may go on.`;
  if (state === 'refused')
    return 'Put a new secret where the reference points, or change the reference; no restart is needed.';
  if (state === 'needs_person') return run?.nextStep ?? 'Look at the run.';
  if (state === 'down' && run?.state === 'needs_attention') return run.nextStep ?? 'Look at the run.';
  return 'Nothing to do: it goes on by itself.';
}

function worksOn({ lastCompleteAt }: ConditionFacts): string[] {
  const roster = lastCompleteAt
    ? `the roster as it was read at ${timeInWords(lastCompleteAt)}`
    : 'the roster as far as it was read';
  return [
    `${roster}, over the API and the command line`,
    'decisions on holds, undoing of runs, corrections of dead letters',
    'all other integrations',
    'nothing is deactivated or removed because of this',
  ];
}
