/** The policies together, over real HTTP: what a source that fails, limits or slows down sees of us. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { arrangedClient, closeArranged } from '../testing/arranged-client.js';
import { answerJson } from '../testing/fake-source.js';
import { callContext } from '../testing/ports.js';

afterEach(closeArranged);

const well = { users: [] };

describe('a source that is down', () => {
  it('is asked no more than the breaker lets through, and the fault says when to come again', async () => {
    const { source, ports, get } = await arrangedClient((_, response) => answerJson(response, 503, {}));
    const faults = [];
    for (let call = 0; call < 30; call += 1) faults.push(await get().catch((fault: unknown) => fault));
    expect(source.requests).toHaveLength(20);
    expect(faults.at(-1)).toMatchObject({ code: 'source_unreachable', retryAfterMs: expect.any(Number) });
    expect(ports.lines.filter(({ event }) => event === 'circuit.moved')).toHaveLength(1);
  });

  it('costs at most the repeats of the budget', async () => {
    const { source, get } = await arrangedClient((_, response) => answerJson(response, 500, {}), {
      retryBudget: { share: 0.1, floor: 3, windowMs: 60_000 },
      breaker: { windowMs: 1000, minimumCalls: 1e9, failureShare: 1, openMs: 1, longestOpenMs: 1 },
      baseDelayMs: 0,
    });
    for (let call = 0; call < 50; call += 1) await get().catch(() => undefined);
    expect(source.requests.length).toBeLessThanOrEqual(50 + 3 + 5);
    expect(source.requests.length).toBeGreaterThan(53);
  });
});

describe('limits', () => {
  const rateLimit = { perSecond: 10, burst: 2, perWindow: 1000, windowMs: 60_000, interactiveShare: 0 };

  it('our own pace is kept by waiting', async () => {
    const { clock, get } = await arrangedClient((_, response) => answerJson(response, 200, well), { rateLimit });
    for (let call = 0; call < 6; call += 1) await get();
    expect(clock.slept).toEqual([100, 100, 100, 100]);
  });

  it('a wait that is too long is a fault that carries it', async () => {
    const { source, get } = await arrangedClient((_, response) => answerJson(response, 200, well), {
      rateLimit: { ...rateLimit, perWindow: 1 },
      maxWaitMs: 1000,
    });
    await get();
    await expect(get()).rejects.toMatchObject({ code: 'source_rate_limited', retryAfterMs: expect.any(Number) });
    expect(source.requests).toHaveLength(1);
  });

  it('may change between two calls', async () => {
    const { clock, client, get } = await arrangedClient((_, response) => answerJson(response, 200, well), {
      rateLimit: { ...rateLimit, perSecond: 1, burst: 1 },
    });
    await get();
    client.adjust({ rateLimit: null });
    for (let call = 0; call < 5; call += 1) await get();
    expect(clock.slept).toEqual([]);
  });

  it('a Retry-After holds back the other calls too', async () => {
    const { clock, source, get } = await arrangedClient((_, response, number) =>
      answerJson(response, number === 1 ? 429 : 200, well, number === 1 ? { 'retry-after': '7' } : {}),
    );
    const one = get();
    while (source.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await one;
    await get();
    expect(clock.slept).toEqual([7000]);
  });

  it.each([
    ['RateLimit', { ratelimit: '"hourly";r=0;t=9' }],
    ['RateLimit-Remaining and -Reset', { 'ratelimit-remaining': '0', 'ratelimit-reset': '9' }],
    [
      'X-RateLimit with a time',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.UTC(2026, 10, 23) / 1000 + 9) },
    ],
  ])('what %s says is left is kept to', async (_, headers) => {
    const { clock, get } = await arrangedClient((_request, response) => answerJson(response, 200, well, headers));
    await get();
    await get();
    expect(clock.slept.reduce((sum, ms) => sum + ms)).toBe(9000);
  });
});

describe('equal reads at once', () => {
  it('are one call, and all get its answer', async () => {
    const { source, get } = await arrangedClient((_, response) =>
      setTimeout(() => answerJson(response, 200, well), 20),
    );
    const answers = await Promise.all(Array.from({ length: 10 }, () => get({ shared: true })));
    expect(answers.every(({ body }) => body === answers[0]!.body)).toBe(true);
    expect(source.requests).toHaveLength(1);
    await get({ shared: true });
    expect(source.requests).toHaveLength(2);
  });

  it('one caller that gives up leaves the others; when all have, the call is ended', async () => {
    const closed: true[] = [];
    const { source, get } = await arrangedClient((request, response, number) => {
      request.socket.once('close', () => closed.push(true));
      if (number === 1) setTimeout(() => answerJson(response, 200, well), 50);
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const reads = () =>
      [first, second].map(({ signal }) =>
        get({ shared: true }, callContext('x', signal)).catch((error: unknown) => error),
      );
    const [one, two] = reads();
    first.abort(new Error('enough'));
    expect(await one).toMatchObject({ message: 'enough' });
    expect(await two).toMatchObject({ body: well });
    expect(closed).toEqual([]);
    const alone = get({ shared: true }, callContext('x', second.signal)).catch((error: unknown) => error);
    while (source.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    second.abort(new Error('enough too'));
    expect(await alone).toMatchObject({ message: 'enough too' });
    while (closed.length === 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('different addresses and reads that are not shared stay apart', async () => {
    const { source, get } = await arrangedClient((_, response) => answerJson(response, 200, well));
    await Promise.all([get({ shared: true }), get({ shared: true, query: { limit: 1 } }), get(), get()]);
    expect(source.requests).toHaveLength(4);
  });
});

it('an endpoint’s own times and attempts hold for it alone', async () => {
  const { source, get } = await arrangedClient((_, response) => answerJson(response, 500, {}), {
    endpoints: { 'orgs.list': { maxAttempts: 2 } },
  });
  await get({ operation: 'orgs.list' }).catch(() => undefined);
  expect(source.requests).toHaveLength(2);
  await get().catch(() => undefined);
  expect(source.requests).toHaveLength(6);
});
