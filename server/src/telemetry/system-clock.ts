/** The clock of this machine, for the rooms that take their time from outside. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@rollcall/connectors';

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await wait(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
