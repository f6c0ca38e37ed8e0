/** Due times keep their hour through the change of clocks, never come twice, never drift, and are the same for every scheduler. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextTimes } from './due-times.js';

const id = '01a20712-f02f-7077-9a80-ceb71d1d7ffa';
const none = { cron: null, everySeconds: null, timeZone: 'UTC', jitterSeconds: 0 };
const cron = (expression: string, timeZone: string) => ({ ...none, cron: expression, timeZone });

function due(cadence: Parameters<typeof nextTimes>[1], from: string, times: number): string[] {
  const found: string[] = [];
  let at = new Date(from);
  for (let n = 0; n < times; n += 1) {
    at = nextTimes(id, cadence, at).dueAt;
    found.push(at.toISOString().slice(0, 16));
  }
  return found;
}

describe('a cron time', () => {
  it('is the hour of its time zone, before and after the clock changes', () => {
    expect(due(cron('0 5 * * *', 'America/Chicago'), '2027-03-13T00:00:00Z', 3)).toEqual([
      '2027-03-13T11:00',
      '2027-03-14T10:00',
      '2027-03-15T10:00',
    ]);
  });

  it('that the clock skips in spring is moved behind the gap, and comes that day', () => {
    expect(due(cron('30 2 * * *', 'America/Chicago'), '2027-03-13T10:00:00Z', 2)).toEqual([
      '2027-03-14T08:30',
      '2027-03-15T07:30',
    ]);
  });

  it('that the clock shows twice in autumn comes once', () => {
    expect(due(cron('30 1 * * *', 'America/Chicago'), '2026-10-31T12:00:00Z', 2)).toEqual([
      '2026-11-01T06:30',
      '2026-11-02T07:30',
    ]);
  });

  it('of every hour comes every hour while the clock changes', () => {
    expect(due(cron('0 * * * *', 'America/Chicago'), '2026-11-01T04:30:00Z', 4)).toEqual(
      ['05', '06', '07', '08'].map((hour) => `2026-11-01T${hour}:00`),
    );
  });

  it('comes exactly once on each local day of a year, in zones that change their clocks in different ways', () => {
    for (const timeZone of ['America/Chicago', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu'])
      for (const hour of [0, 1, 2, 3]) {
        const day = new Intl.DateTimeFormat('en-CA', { timeZone });
        const found = due(cron(`30 ${hour} * * *`, timeZone), '2026-06-01T12:00:00Z', 365);
        expect(new Set(found.map((at) => day.format(new Date(`${at}Z`)))).size).toBe(365);
      }
  });
});

describe('an interval', () => {
  const every = (seconds: number) => ({ ...none, everySeconds: seconds });

  it('counts on from its last due time, however late that was dealt with', () => {
    const last = new Date('2026-11-23T08:00:00Z');
    const next = nextTimes(id, every(900), new Date('2026-11-23T08:07:31Z'), last);
    expect(next.dueAt.toISOString()).toBe('2026-11-23T08:15:00.000Z');
  });

  it('that was missed many times comes next in the future, on its own beat', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 100_000 }), fc.nat(10_000_000), (seconds, missedSeconds) => {
        const last = new Date('2026-11-23T08:00:00Z');
        const now = new Date(last.getTime() + missedSeconds * 1000);
        const { dueAt } = nextTimes(id, every(seconds), now, last);
        expect(dueAt.getTime()).toBeGreaterThan(now.getTime());
        expect(dueAt.getTime() - now.getTime()).toBeLessThanOrEqual(seconds * 1000);
        expect((dueAt.getTime() - last.getTime()) % (seconds * 1000)).toBe(0);
      }),
    );
  });
});

describe('jitter', () => {
  it('delays by its measure at most, always equally for the same due time, and differently for different schedules', () => {
    const after = new Date('2026-11-23T08:00:00Z');
    const delays = new Set<number>();
    for (let n = 0; n < 50; n += 1) {
      const times = () => nextTimes(`schedule-${n}`, { ...cron('0 9 * * *', 'UTC'), jitterSeconds: 600 }, after);
      const { dueAt, fireAt } = times();
      expect(times()).toEqual({ dueAt, fireAt });
      const delay = fireAt.getTime() - dueAt.getTime();
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(600_000);
      delays.add(delay);
    }
    expect(delays.size).toBeGreaterThan(25);
  });
});
