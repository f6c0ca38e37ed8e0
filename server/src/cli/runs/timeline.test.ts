/** A run's story at the terminal: a line each with its time, and at the end how the run stands and what to do. */
import { expect, it } from '@jest/globals';
import type { TimelineLine } from '@rollcall/core';
import type { RunTimeline } from '../../sync/run-timeline.js';
import { lineText, timelineText } from './timeline.js';

const line: TimelineLine = {
  ...{ at: '2026-11-20T08:00:03.250Z', attempt: 1, step: 'fetching', entity: 'users', kind: 'read.completed' },
  ...{ seconds: 5.94, text: 'users: 12,400 read in 25 pages', figures: {} },
};
const run: RunTimeline['run'] = {
  ...{ id: 'r1', state: 'needs_attention', mode: 'full', integration: 'district', attempt: 2 },
  ...{ reason: 'The source refused our credentials.', nextStep: 'Check the secret.' },
};

it('shows time, duration and words', () => {
  expect(lineText(line)).toBe('2026-11-20 08:00:03.250     5.9 s  users: 12,400 read in 25 pages');
  expect(lineText({ ...line, seconds: 130.2 })).toContain('   130 s  ');
  expect(lineText({ ...line, seconds: null })).toContain('.250            users');
});

it('ends with how the run stands and the next step', () => {
  expect(timelineText({ run, lines: [line] }).split('\n')).toEqual([
    'Run r1 of district',
    lineText(line),
    'It waits for a person after 2 attempts. Check the secret.',
  ]);
});

it('says so when nothing was written down', () => {
  expect(timelineText({ run, lines: [] })).toMatch(/^Nothing was written down of run r1/);
});

it('lets nothing of a school’s name steer the terminal', () => {
  expect(lineText({ ...line, text: 'held at \u001B[2JMaple' })).toContain('held at ?[2JMaple');
});
