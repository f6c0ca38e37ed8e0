/** Jobs carry ids and nothing else, and equal ones have equal ids. */
import { describe, expect, it } from '@jest/globals';
import { queues, runRequested } from './queues.js';

const tenantId = '01a20712-f02f-7077-9a80-ceb71d1d7ffa';
const runId = '01a20712-f1ba-77dc-807d-dccc71e900a8';

describe('the queue catalogue', () => {
  it.each(queues.map((queue) => [queue.name, queue] as const))(
    '%s takes uuids only, and no field beside',
    (_name, queue) => {
      const { shape } = queue.payload;
      for (const field of Object.values(shape)) {
        expect(field.safeParse(runId).success).toBe(true);
        for (const other of ['Ada Quill', 'ada@example.org', '', 7, null])
          expect(field.safeParse(other).success).toBe(false);
      }
      const ids = Object.fromEntries(Object.keys(shape).map((name) => [name, runId]));
      expect(queue.payload.safeParse(ids).success).toBe(true);
      expect(queue.payload.safeParse({ ...ids, givenName: 'Ada' }).success).toBe(false);
    },
  );

  it.each(queues.map((queue) => [queue.name] as const))(
    '%s has a name that is a noun and what happened to it',
    (name) => {
      expect(name).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
    },
  );

  it('makes one job of two rings for the same attempt, and another for the next attempt', () => {
    const id = (attempt: number) => runRequested.jobId({ tenantId, runId }, attempt);
    expect(id(0)).toBe(id(0));
    expect(id(1)).not.toBe(id(0));
    // BullMQ refuses a colon in an id, and takes whole numbers for its own.
    expect(id(0)).not.toMatch(/:|^\d+$/);
  });
});
