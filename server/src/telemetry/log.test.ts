/** The log keeps what is on its list and loses the rest, and outlives a destination that fails. */
import { describe, expect, it } from '@jest/globals';
import { createLog } from './log.js';

function lines(
  write: (log: ReturnType<typeof createLog>) => void,
  level: 'debug' | 'info' = 'info',
): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  write(
    createLog('test', level, { write: (line: string) => void found.push(JSON.parse(line) as Record<string, unknown>) }),
  );
  return found;
}

describe('the log', () => {
  it('writes one JSON object for an event, with process, time and fields', () => {
    const [line] = lines((log) => log.info('run.ended', { run: 'r1', ms: 12, reason: null }));
    expect(line).toMatchObject({ event: 'run.ended', process: 'test', run: 'r1', ms: 12, reason: null });
    expect(Date.parse(String(line!.time))).not.toBeNaN();
  });

  it('loses the value of a field that is not on its list, and keeps its name', () => {
    const [line] = lines((log) => log.warn('row.odd', { email: 'ada@example.org', givenName: 'Ada' }));
    expect(JSON.stringify(line)).not.toMatch(/ada/i);
    expect(line).toMatchObject({ email: '[removed]', givenName: '[removed]' });
  });

  it('says nothing below its level', () => {
    expect(lines((log) => log.debug('detail'))).toEqual([]);
    expect(lines((log) => log.debug('detail'), 'debug')).toHaveLength(1);
  });

  it('loses a line, and nothing else, when its destination fails', () => {
    const log = createLog('test', 'info', {
      write: () => {
        throw new Error('disk full');
      },
    });
    expect(() => log.error('run.failed')).not.toThrow();
  });
});
