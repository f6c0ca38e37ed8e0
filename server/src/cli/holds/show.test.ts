/** A hold for people names school, reason, digest and rows, and ends with commands that decide exactly what was shown. */
import { describe, expect, it } from '@jest/globals';
import type { HeldRow, Hold } from '../../store/holds.js';
import { leftText } from './decide.js';
import { holdText } from './show.js';

const digest = '5e'.repeat(32);
const hold: Hold = {
  ...{ id: 'h1', integrationId: 'i1', integration: 'district', entity: 'users', operation: 'deactivate' },
  ...{
    scopeKind: 'school',
    scopeId: 's1',
    scope: 'Lime School',
    state: 'open',
    reason: 'Lime School: 40 of 40',
    digest,
  },
  ...{ rows: 1_200, openedRunId: 'r1', lastRunId: 'r2', openedAt: new Date(), closedAt: null, closedReason: null },
};
const row: HeldRow = {
  ...{ localId: 'l1', externalId: 'ext\u001B[2J-1', operation: 'deactivate', absent: true, before: null, after: null },
  ...{ formerly: null, name: null, agreement: null, candidates: [] },
};
const text = (change: Partial<Hold> = {}, tenant?: string) =>
  holdText({ ...hold, ...change }, [row], { limit: 100, offset: 0, ...(tenant ? { tenant } : {}) });

describe('a hold', () => {
  it('names school, reason, digest and its rows, without letting a source steer the terminal', () => {
    expect(text()).toMatch(/^school +Lime School$/m);
    expect(text()).toMatch(/^why +Lime School: 40 of 40$/m);
    expect(text()).toMatch(/^change +deactivate 1,200 users$/m);
    expect(text()).toContain(digest);
    expect(text()).toMatch(/^ext\?\[2J-1 +deactivate +absent +l1$/m);
  });

  it('says where to go on when there are more rows', () => {
    expect(text()).toContain('Rows 1 to 1 of 1,200. Go on with --offset 1.');
    expect(text({ rows: 1 })).not.toContain('--offset');
  });

  it.each(['approve', 'decline'])('ends with the command to %s what was seen', (verb) => {
    const command = `npm run -s rollcall -- holds ${verb} h1 --digest ${digest} --reason "<why>"`;
    expect(text()).toContain(`  ${command}`);
    expect(text({}, "St Mary's")).toContain(`${command} --tenant 'St Mary'\\''s'`);
  });

  it('that is closed offers no command', () => {
    const closed = text({ state: 'closed', closedReason: 'declined' });
    expect(closed).toMatch(/^state +closed: declined$/m);
    expect(closed).not.toContain('npm run');
  });
});

it('what is left of a hold is said with its new digest, and nothing when nothing is left', () => {
  expect(leftText(hold, undefined)).toMatch(new RegExp(`1,200 rows .*${digest}.*holds show h1`));
  expect(leftText({ ...hold, state: 'closed' }, undefined)).toBe('');
});
