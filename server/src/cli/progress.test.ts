/** The progress line names what is being done, never promises what nobody knows, and its rate is of this entity alone. */
import { describe, expect, it } from '@jest/globals';
import { entityNames, type EntityCounts, type EntityName, type RunState } from '@rollcall/core';
import { ProgressMeter, progressOf, timeLeft, type Snapshot } from './progress.js';

const nothing = { announced: null, read: 0, planned: 0, absent: 0, applied: 0 } as unknown as EntityCounts;

function snapshot(
  state: RunState,
  phases: Partial<Record<EntityName, string>>,
  counts: Partial<Record<EntityName, Partial<EntityCounts>>> = {},
): Snapshot {
  const entities = Object.fromEntries(entityNames.map((name) => [name, { ...nothing, ...counts[name] }]));
  return {
    state,
    reason: null,
    phases: entityNames.map((entity) => ({ entity, state: phases[entity] ?? 'waiting' })),
    entities: entities as Record<EntityName, EntityCounts>,
  };
}

describe('progress', () => {
  it('says that a queued run waits for a worker', () => {
    expect(progressOf(snapshot('queued', {}))).toMatchObject({ step: 'waiting for a worker', entity: null });
  });

  it('counts what was read of what was announced, for the entity that is being read', () => {
    const now = snapshot(
      'fetching',
      { orgs: 'fetched', users: 'fetching', academicSessions: 'fetched', courses: 'fetched' },
      { users: { read: 300, announced: 900 } },
    );
    expect(progressOf(now)).toEqual({ step: 'reading', entity: 'users', done: 300, total: 900 });
  });

  it('knows no total where none is announced', () => {
    expect(progressOf(snapshot('fetching', { orgs: 'fetching' }, { orgs: { read: 5 } })).total).toBeNull();
  });

  it('counts removals by absence into what there is to apply', () => {
    const now = snapshot('applying', { orgs: 'planned' }, { orgs: { planned: 10, absent: 2, applied: 4 } });
    expect(progressOf(now)).toEqual({ step: 'applying', entity: 'orgs', done: 4, total: 12 });
  });

  it('says why a run has paused', () => {
    expect(progressOf({ ...snapshot('paused', {}), reason: 'The source does not answer.' }).step).toBe(
      'paused: The source does not answer.',
    );
  });
});

describe('the line', () => {
  const reading = (done: number, entity: EntityName = 'users', total: number | null = 1_000) => ({
    step: 'reading',
    entity,
    done,
    total,
  });

  it('tells rate and time left once there is something to tell them from', () => {
    const meter = new ProgressMeter();
    expect(meter.line(reading(0), 0)).not.toMatch(/\/s|left/);
    expect(meter.line(reading(200), 2_000)).toMatch(/200 of 1,000 records {2}100\/s {2}8 s left$/);
  });

  it('begins anew with each entity, so that one does not lend its rate to another', () => {
    const meter = new ProgressMeter();
    meter.line(reading(0), 0);
    meter.line(reading(1_000), 1_000);
    expect(meter.line(reading(0, 'classes'), 1_100)).not.toMatch(/\/s/);
    expect(meter.line(reading(50, 'classes'), 2_100)).toMatch(/ 50\/s/);
  });

  it('counts only what was read since it began to look, after a resumed run', () => {
    const meter = new ProgressMeter();
    meter.line(reading(800), 0);
    expect(meter.line(reading(900), 1_000)).toMatch(/ 100\/s {2}1 s left$/);
  });

  it('promises no time where no total is known, or nothing moves', () => {
    const meter = new ProgressMeter();
    meter.line(reading(0, 'users', null), 0);
    expect(meter.line(reading(500, 'users', null), 1_000)).not.toMatch(/left| of /);
    expect(meter.line(reading(500, 'users', null), 9_000)).not.toMatch(/left/);
  });

  it.each([
    [0.1, '1 s'],
    [59.2, '1 min 0 s'],
    [125, '2 min 5 s'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(timeLeft(seconds)).toBe(text);
  });
});
