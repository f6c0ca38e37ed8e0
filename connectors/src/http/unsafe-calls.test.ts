/** Calls that change something: sent again only where it is proven that they had no effect, or that twice is once. */
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arrangedClient, closeArranged } from '../testing/arranged-client.js';
import { answerJson, type Handler } from '../testing/fake-source.js';
import { callContext } from '../testing/ports.js';
import type { WriteRequest } from './base-api-client.js';

afterEach(closeArranged);

type Write = Partial<WriteRequest<string>>;

async function arranged(handler: Handler, over: Parameters<typeof arrangedClient>[1] = {}) {
  const all = await arrangedClient(handler, over);
  const send = (request: Write = {}) =>
    all.client.send<string>(
      {
        operation: 'users.create',
        method: 'POST',
        url: `${all.source.baseUrl}/users/`,
        body: { user: { sourcedId: 'u1' } },
        read: (status) => (status === 201 ? { value: 'created' } : status === 409 ? { value: 'refused' } : null),
        ...request,
      },
      callContext(),
    );
  return { ...all, send };
}

const failingFirst =
  (fail: Handler): Handler =>
  (request, response, number) =>
    number === 1 ? fail(request, response, number) : answerJson(response, 201, {});

const doubtful: [string, Handler][] = [
  ['a reset', (request) => void request.socket.destroy()],
  ['a 500', (_, response) => answerJson(response, 500, {})],
  ['a 503', (_, response) => answerJson(response, 503, {})],
  ['a gateway’s time-out', (_, response) => answerJson(response, 504, {})],
];

const harmless: [string, Handler][] = [
  ['a 429', (_, response) => answerJson(response, 429, {})],
  ['a 401', (_, response) => answerJson(response, 401, {})],
  ['a 425', (_, response) => answerJson(response, 425, {})],
];

describe('a POST without proof', () => {
  it.each(doubtful)('is not sent again after %s, and the fault says that the end is not known', async (_, fail) => {
    const { source, send } = await arranged(failingFirst(fail));
    await expect(send()).rejects.toMatchObject({ code: 'source_unreachable', publicText: /did not say whether/ });
    expect(source.requests).toHaveLength(1);
  });

  it('is not sent again when no answer came in time', async () => {
    const { source, send } = await arranged(
      failingFirst(() => {}),
      { attemptTimeoutMs: 100 },
    );
    await expect(send()).rejects.toMatchObject({ publicText: /did not say whether/ });
    expect(source.requests).toHaveLength(1);
  });

  it.each(harmless)('is sent again after %s, which refuses it unread', async (_, fail) => {
    const { source, send } = await arranged(failingFirst(fail));
    expect(await send()).toEqual({ value: 'created', attempts: 2 });
    expect(source.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"user":{"sourcedId":"u1"}}'],
      ['POST', '{"user":{"sourcedId":"u1"}}'],
    ]);
  });

  it('is sent again when the connection never stood', async () => {
    const { source, clock, send } = await arranged((_, response) => answerJson(response, 201, {}));
    await source.stop();
    await expect(send()).rejects.toMatchObject({ code: 'source_unreachable', publicText: /does not answer/ });
    expect(clock.slept).toHaveLength(3);
  });
});

describe('proof', () => {
  it('an idempotency key goes out with each attempt, the same', async () => {
    const { source, send } = await arranged(failingFirst((request) => void request.socket.destroy()));
    expect(await send({ idempotencyKey: 'k-1' })).toEqual({ value: 'created', attempts: 2 });
    expect(source.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['k-1', 'k-1']);
  });

  it('what is read back is the answer, and nothing is sent again', async () => {
    const { source, send } = await arranged(failingFirst((request) => void request.socket.destroy()));
    expect(await send({ readBack: async () => 'found' })).toEqual({ value: 'found', attempts: 1 });
    expect(source.requests).toHaveLength(1);
  });

  it('when nothing is found the call is made again', async () => {
    const { source, send } = await arranged(failingFirst((request) => void request.socket.destroy()));
    expect(await send({ readBack: async () => null })).toEqual({ value: 'created', attempts: 2 });
    expect(source.requests).toHaveLength(2);
  });

  it.each(['PUT', 'DELETE'] as const)('%s needs none: twice is once', async (method) => {
    const { source, send } = await arranged(failingFirst((request) => void request.socket.destroy()));
    expect(await send({ method })).toEqual({ value: 'created', attempts: 2 });
    expect(source.requests).toHaveLength(2);
  });
});

it('a refusal that is an answer comes back as a value; one that is not is a fault', async () => {
  const { send } = await arranged((_, response, number) => answerJson(response, number === 1 ? 409 : 422, {}));
  expect(await send()).toEqual({ value: 'refused', attempts: 1 });
  await expect(send()).rejects.toMatchObject({ code: 'source_bad_response' });
});

it('no run of failures makes an unsafe call take effect twice', async () => {
  type Turn = { readonly status: number; readonly took: boolean };
  const turn = fc.constantFrom<Turn>(
    { status: 500, took: true },
    { status: 500, took: false },
    { status: 0, took: true },
    { status: 0, took: false },
    { status: 429, took: false },
    { status: 401, took: false },
    { status: 201, took: true },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { maxLength: 5 }), fc.boolean(), async (turns, reads) => {
      let effects = 0;
      const { source, send } = await arranged((request, response, number) => {
        const { status, took } = turns[number - 1] ?? { status: 201, took: true };
        if (took) effects += 1;
        if (status === 0) request.socket.destroy();
        else answerJson(response, status, {});
      });
      const readBack = async () => (effects > 0 ? 'found' : null);
      const end = await send(reads ? { readBack } : {}).catch(() => 'fault');
      expect(effects).toBeLessThanOrEqual(1);
      if (end !== 'fault') expect(effects).toBe(1);
      expect(source.requests.length).toBeLessThanOrEqual(5);
      await closeArranged();
    }),
    { numRuns: 40 },
  );
});
