/** A run's events read as a story: each in plain words with its figures, at its step, with the time that it took. */
import { describe, expect, it } from '@jest/globals';
import { runEventKinds, runEventSchemas, type NewRunEvent, type RunEvent } from './run-event.js';
import { timelineLineSchema, timelineOf } from './run-timeline.js';

const hold = '01a20712-f02f-7077-9a80-ceb71d1d7ffa';

/** An event at a second of the run. */
function at(second: number, event: NewRunEvent, more: { attempt?: number; holdReason?: string } = {}): RunEvent {
  const time = new Date(Date.UTC(2026, 10, 20, 8, 0, 0) + second * 1000);
  const { attempt = 1, holdReason = null } = more;
  return { ...event, entity: event.entity ?? null, at: time, attempt, holdReason } as RunEvent;
}

const readUsers = {
  ...{ rows: 12_400, pages: 25, retries: 3, waits: 1, waitedMs: 30_000, seconds: 5.9, rate: 2_100 },
  ...{ partial: false, fullBecause: null, incomplete: null },
};
const none = {
  ...{ planned: 0, absent: 0, unchanged: 0, rejected: 0, declined: 0, held: 0, blocked: 0, missing: 0 },
  ...{ duplicate: 0, ignored: 0 },
};
const applied = { created: 0, updated: 0, reactivated: 0, deactivated: 0, chunks: 1, seconds: 0.5, rate: 0 };

const story: readonly [event: RunEvent, text: string][] = [
  [
    at(0, { kind: 'run.requested', figures: { mode: 'full', trigger: 'schedule' } }),
    'asked for: a full sync (schedule)',
  ],
  [at(3, { kind: 'attempt.started', figures: { silentMs: null } }), 'a worker took it up after 3 s'],
  [at(3, { kind: 'step.begun', figures: { step: 'fetching' } }), 'reading begins'],
  [
    at(33, { kind: 'source.waited', entity: 'users', figures: { times: 1, longestMs: 30_000 } }),
    'users: waited 30 s because the source asked for it',
  ],
  [
    at(34, { kind: 'source.waited', entity: 'users', figures: { times: 3, longestMs: 90_000 } }),
    'users: waited up to 1 min 30 s, 3 times, because the source asked for it',
  ],
  [
    at(35, { kind: 'read.begun-anew', entity: 'users', figures: { because: 'rows from 500 on were not given' } }),
    'users: read anew, because rows from 500 on were not given',
  ],
  [
    at(41, { kind: 'read.completed', entity: 'users', figures: readUsers }),
    'users: 12,400 read in 25 pages, 3 retried, 2,100 rows/s',
  ],
  [
    at(42, {
      kind: 'read.completed',
      entity: 'courses',
      figures: { ...readUsers, rows: 1, pages: 1, retries: 0, rate: 0, partial: true, incomplete: 'it is empty' },
    }),
    'courses: 1 changed ones read in 1 page, not complete, so nothing is removed: it is empty',
  ],
  [at(43, { kind: 'step.begun', figures: { step: 'staged' } }), 'everything is read; planning begins'],
  [
    at(
      44,
      { kind: 'hold.opened', entity: 'users', figures: { hold, operation: 'deactivate', rows: 48 } },
      {
        holdReason: 'Maple Elementary: 48 of 160 rows; the limit is 5 % and 25 rows',
      },
    ),
    'held: 48 deactivations of users at Maple Elementary: 48 of 160 rows; the limit is 5 % and 25 rows',
  ],
  [
    at(44, { kind: 'hold.refreshed', entity: 'classes', figures: { hold, operation: 'update', rows: 1 } }),
    'still held: 1 update of classes',
  ],
  [
    at(44, { kind: 'hold.closed', entity: 'orgs', figures: { hold, rows: 2, because: 'approved' } }),
    'hold of 2 rows of orgs closed: approved',
  ],
  [
    at(45, {
      kind: 'plan.completed',
      entity: 'users',
      figures: { ...none, planned: 30, absent: 48, held: 48, seconds: 0.2 },
    }),
    'users: 78 changes planned, 48 held back',
  ],
  [
    at(45, {
      kind: 'plan.completed',
      entity: 'courses',
      figures: { ...none, unchanged: 1_200, rejected: 1, ignored: 6, seconds: 0.1 },
    }),
    'courses: nothing to change, 1,200 unchanged, 1 rejected, 6 ended and never known here',
  ],
  [
    at(46, { kind: 'run.paused', figures: { reason: 'The source does not answer.', resumeInMs: 5_000 } }),
    'paused: The source does not answer. It goes on in 5 s.',
  ],
  [at(52, { kind: 'attempt.started', figures: { silentMs: null } }, { attempt: 2 }), 'attempt 2 went on'],
  [at(53, { kind: 'step.begun', figures: { step: 'applying' } }, { attempt: 2 }), 'applying begins'],
  [
    at(53, { kind: 'turn.taken', figures: { seconds: 12.4 } }, { attempt: 2 }),
    'waited 12 s for another integration’s run',
  ],
  [
    at(64, { kind: 'attempt.started', figures: { silentMs: 8_200 } }, { attempt: 3 }),
    'the worker died; attempt 3 went on after 8 s',
  ],
  [
    at(65, {
      kind: 'apply.completed',
      entity: 'users',
      figures: { ...applied, created: 10, updated: 20, rate: 4_000 },
    }),
    'users: 10 created, 20 updated in 1 chunk, 4,000 rows/s',
  ],
  [at(65, { kind: 'step.begun', figures: { step: 'applying' } }, { attempt: 3 }), 'applying goes on'],
  [at(66, { kind: 'run.rested', figures: {} }), 'stopped, because a person paused the integration'],
  [at(70, { kind: 'run.woken', figures: {} }), 'a person let the integration go on'],
  [at(71, { kind: 'step.begun', figures: { step: 'verifying' } }), 'everything is applied; verifying begins'],
  [at(72, { kind: 'run.stopped', figures: { reason: 'Someone must look' } }), 'waits for a person: Someone must look.'],
  [at(73, { kind: 'run.ended', figures: { state: 'completed_with_holds', reason: null } }), 'completed with holds'],
  [
    at(90, { kind: 'hold.decided', entity: 'users', figures: { hold, decision: 'approved', rows: 24 } }),
    'a person approved 24 rows of users that were held',
  ],
  [at(99, { kind: 'run.ended', figures: { state: 'rolled_back', reason: null } }), 'rolled back'],
];
const events = story.map(([event]) => event);

describe('a run’s story', () => {
  it('says each event in one line of plain words', () => {
    expect(timelineOf(events).map((line) => line.text)).toEqual(story.map(([, text]) => text));
  });

  it('has a place here for every kind of event, with figures that the catalogue allows', () => {
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(runEventKinds));
    for (const { kind, figures } of events)
      expect([kind, runEventSchemas[kind].safeParse(figures).error]).toEqual([kind, undefined]);
  });

  it('tells how long steps, pauses, waits and the whole took, and nothing where nobody knows', () => {
    const seconds = (kind: string, nth = 0) => timelineOf(events).filter((line) => line.kind === kind)[nth]!.seconds;
    expect([seconds('step.begun'), seconds('step.begun', 1), seconds('step.begun', 2)]).toEqual([40, 3, null]);
    expect([seconds('run.paused'), seconds('run.rested'), seconds('source.waited')]).toEqual([6, 4, 30]);
    expect([seconds('attempt.started'), seconds('attempt.started', 2)]).toEqual([null, 8.2]);
    expect([seconds('run.ended'), seconds('run.ended', 1), seconds('hold.opened')]).toEqual([70, null, null]);
  });

  it('knows at which step each line is', () => {
    const steps = timelineOf(events).map(({ step }) => step);
    expect(steps.slice(0, 3)).toEqual(['queued', 'queued', 'fetching']);
    expect([steps[9], steps[18], steps.at(-1)]).toEqual(['staged', 'applying', 'rolled_back']);
  });

  it('has the shape that it promises, also when it is empty', () => {
    for (const line of timelineOf(events)) expect(timelineLineSchema.safeParse(line).error).toBeUndefined();
    expect(timelineOf([])).toEqual([]);
  });
});

describe('the catalogue of events', () => {
  it('takes no figure that it does not name, so that nothing of a record slips in', () => {
    for (const [kind, schema] of Object.entries(runEventSchemas)) {
      const known = events.find((event) => event.kind === kind)!.figures;
      expect([kind, schema.safeParse({ ...known, email: 'ada@example.org' }).success]).toEqual([kind, false]);
    }
  });
});
