/** The report for people shows every entity, what waits and why, and lets nothing from a source steer the terminal. */
import { describe, expect, it } from '@jest/globals';
import { entityNames, type EntityCounts, type RunReport } from '@rollcall/core';
import { reportText } from './report-text.js';

const counts = (read: number): EntityCounts => ({
  ...{
    announced: read,
    read,
    duplicate: 0,
    distinct: read,
    rejected: 0,
    staged: read,
    unchanged: read,
    planned: 0,
    declined: 0,
  },
  ...{
    ignored: 0,
    created: 0,
    linked: 0,
    updated: 0,
    reactivated: 0,
    deactivated: 0,
    missing: 0,
    absent: 0,
    held: 0,
    blocked: 0,
    stale: 0,
  },
  ...{ conflict: 0, applied: 0, complete: true },
});

const report: RunReport = {
  run: { id: 'r', state: 'completed', mode: 'full', integration: 'district', attempt: 1, reason: null, nextStep: null },
  entities: Object.fromEntries(entityNames.map((name) => [name, counts(1_200)])) as RunReport['entities'],
  seconds: 2.5,
  recordsPerSecond: 2_880,
  peakRssMb: 190,
  holds: [],
  rejects: [],
};

describe('the report', () => {
  it('shows each entity with its counts, and their sum', () => {
    const lines = reportText(report).split('\n');
    for (const name of entityNames) expect(lines.find((line) => line.startsWith(name))).toMatch(/1,200/);
    expect(lines.find((line) => line.startsWith('total'))).toMatch(/7,200/);
  });

  it('says what is held back and why', () => {
    const hold = {
      id: 'h1',
      entity: 'users',
      operation: 'deactivate',
      scope: 'Lime School',
      rows: 40,
      reason: 'all 40 rows',
      openedAt: '',
    };
    const text = reportText({ ...report, run: { ...report.run, state: 'completed_with_holds' }, holds: [hold] });
    expect(text).toMatch(/completed with holds/);
    expect(text).toMatch(/h1 .*users .*deactivate .*Lime School .*40 .*all 40 rows/);
  });

  it('lists some of what was kept out, and how many more there are', () => {
    const rejects = Array.from({ length: 12 }, (_, i) => ({
      entity: 'users',
      externalId: `u${i}`,
      code: 'missing',
      field: 'name',
      message: 'no name',
    }));
    const entities = { ...report.entities, users: { ...counts(30), rejected: 25 } };
    const text = reportText({ ...report, entities, rejects });
    expect(text).toMatch(/u9/);
    expect(text).not.toMatch(/u10/);
    expect(text).toMatch(/and 15 more/);
  });

  it.each([
    ['full', 'Sync of district'],
    ['plan', 'Plan of district'],
    ['apply', 'What was approved for district'],
    ['undo', 'What was undone in district'],
  ] as const)('of mode %s says what it is of', (mode, title) => {
    expect(reportText({ ...report, run: { ...report.run, mode } })).toMatch(new RegExp(`^${title}: completed, `));
  });

  it('has columns for stale and declined rows when there are any', () => {
    expect(reportText(report)).not.toMatch(/stale|declined/);
    const entities = { ...report.entities, users: { ...counts(30), stale: 7, declined: 8 } };
    const users = reportText({ ...report, entities })
      .split('\n')
      .find((line) => line.startsWith('users'));
    expect(users).toMatch(/ 8 +7$/);
  });

  it('names reason and next step of a run that stopped', () => {
    const run = {
      ...report.run,
      state: 'needs_attention' as const,
      reason: 'It does not answer.',
      nextStep: 'Check it.',
    };
    expect(reportText({ ...report, run })).toMatch(/It does not answer\. Check it\./);
  });

  it("takes the terminal's control characters out of what a source sent", () => {
    const reject = { entity: 'users', externalId: '\u001B[2Jx', code: 'odd', field: null, message: 'a\nb' };
    expect(reportText({ ...report, rejects: [reject] })).not.toMatch(/\u001B|a\nb/);
  });
});
