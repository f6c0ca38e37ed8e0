/** A reader that takes nothing breaks its stream; one that reads, or waits for more, does not. */
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { takenStream } from './taken-stream.js';

it('breaks when what waits in it is not taken', async () => {
  const stream = takenStream(1);
  stream.write('row');
  const [error] = (await once(stream, 'error')) as [Error];
  expect(error.message).toBe('nobody reads on');
});

it('does not break while there is nothing to take', async () => {
  const stream = takenStream(1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(stream.destroyed).toBe(false);
  stream.end('row');
  expect(String(await stream.toArray())).toBe('row');
});
