/** The table of troubles is total and keeps to itself: each has one row, and what a row says fits together. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { faultCodes } from '../fault.js';
import { mayMove } from './run-state.js';
import { databaseTroubleOf } from './sql-states.js';
import { pauseMs, treatments, type ErrorAction, type Trouble } from './treatments.js';

const ofDatabase = ['database_away', 'database_raced', 'database_full', 'database_refused_value'];
const rows = Object.entries(treatments) as [Trouble, (typeof treatments)[Trouble]][];
const stateOf: Record<ErrorAction, string | null> = {
  retry: null,
  quarantine: null,
  pause: 'paused',
  hold: 'needs_attention',
  fail: 'failed',
};

describe('the table of troubles', () => {
  it('has one row for every fault code, every family of database errors and the unforeseen, and no other', () => {
    expect(Object.keys(treatments).toSorted()).toEqual(
      [...Object.keys(faultCodes), ...ofDatabase, 'unforeseen'].toSorted(),
    );
  });

  it.each(rows)('%s: action and state say the same, and only a pause waits', (_, row) => {
    expect(row.state).toBe(stateOf[row.action]);
    expect(row.backoff === 'none').toBe(row.action !== 'pause');
    if (row.patience) expect(row.action).toBe('pause');
    if (row.state !== null) expect(mayMove('fetching', row.state)).toBe(true);
  });

  it('never loses patience with a source that asks us to wait, nor while a new secret is awaited', () => {
    for (const [, row] of rows)
      if (row.class === 'rate_limited' || row.class === 'auth')
        expect(row).toMatchObject({ patience: false, state: 'paused' });
  });

  it('waits longer each time, within a quarter of an hour, and as long as the source asks', () => {
    const pausing = rows.filter(([, row]) => row.action === 'pause').map(([trouble]) => trouble);
    fc.assert(
      fc.property(fc.constantFrom(...pausing), fc.integer({ min: 1, max: 200 }), (trouble, stops) => {
        const ms = pauseMs(trouble, stops);
        expect(ms).toBeGreaterThan(0);
        expect(ms).toBeLessThanOrEqual(pauseMs(trouble, stops + 1));
        expect(pauseMs(trouble, stops + 1)).toBeLessThanOrEqual(15 * 60_000);
      }),
    );
    expect(pauseMs('source_rate_limited', 1, 42_000)).toBe(42_000);
    expect(pauseMs('source_rate_limited', 1, 86_400_000)).toBe(15 * 60_000);
  });
});

describe('an error of the database', () => {
  it.each([
    ['40001', 'database_raced'],
    ['40P01', 'database_raced'],
    ['55P03', 'database_raced'],
    ['57014', 'database_raced'],
    ['53100', 'database_full'],
    ['53200', 'database_full'],
    ['25006', 'database_full'],
    ['53300', 'database_away'],
    ['57P01', 'database_away'],
    ['57P03', 'database_away'],
    ['08006', 'database_away'],
    ['ECONNREFUSED', 'database_away'],
    ['P1001', 'database_away'],
    ['22003', 'database_refused_value'],
    ['22P05', 'database_refused_value'],
    ['23514', 'database_refused_value'],
    ['54000', 'database_refused_value'],
    ['23505', null],
    ['42501', null],
    ['42P01', null],
    ['ENOENT', null],
  ])('%s is %s', (code, trouble) => {
    expect(databaseTroubleOf({ code })).toBe(trouble);
  });

  it('without a code is known by the words of its driver', () => {
    expect(databaseTroubleOf(new Error('Connection terminated unexpectedly'))).toBe('database_away');
    expect(databaseTroubleOf(new Error('something else'))).toBeNull();
  });
});
