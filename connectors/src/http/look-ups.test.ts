/** Look-ups by id in batches: nobody's record is lost or mixed up, and no batch grows beyond its bounds. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { callContext } from '../testing/ports.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { LookUps } from './look-ups.js';

it('everybody gets their own record or learns that there is none, in batches within bounds', async () => {
  const call = fc.record({ id: fc.integer({ min: 0, max: 30 }), at: fc.nat(100) });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 60 }), async (calls) => {
      const clock = new VirtualClock();
      const batches: (readonly string[])[] = [];
      const lookUps = new LookUps<string>(
        {
          windowMs: 5,
          mostIds: 4,
          mostCharacters: 12,
          fetch: async (ids) => {
            batches.push(ids);
            if (ids.includes('id-13')) throw new Error('refused');
            return new Map(ids.filter((id) => !id.endsWith('7')).map((id) => [id, `record of ${id}`]));
          },
        },
        clock,
      );
      const ends = calls.map(async ({ id, at }) => {
        await clock.sleep(at);
        return lookUps.find(`id-${id}`, callContext()).catch((error: Error) => error.message);
      });
      await clock.pass();
      const got = await Promise.all(ends);
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(4);
        expect(new Set(batch).size).toBe(batch.length);
        expect(batch.length === 1 || batch.join('').length <= 12).toBe(true);
      }
      calls.forEach(({ id }, at) => {
        const own = id % 10 === 7 ? undefined : `record of id-${id}`;
        if (got[at] !== 'refused') expect(got[at]).toBe(own);
        else expect(batches.some((batch) => batch.includes('id-13') && batch.includes(`id-${id}`))).toBe(true);
      });
    }),
  );
});

it('one caller that gives up does not end the call of the others', async () => {
  const clock = new VirtualClock();
  const lookUps = new LookUps<number>(
    { windowMs: 5, mostIds: 10, mostCharacters: 1000, fetch: async (ids) => new Map(ids.map((id) => [id, 1])) },
    clock,
  );
  const controller = new AbortController();
  const gone = lookUps.find('a', callContext('x', controller.signal)).catch((error: Error) => error.message);
  const stays = lookUps.find('b', callContext());
  controller.abort(new Error('enough'));
  await clock.pass();
  expect([await gone, await stays]).toEqual(['enough', 1]);
});
