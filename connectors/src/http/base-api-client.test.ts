/** The client over real HTTP: what it repeats, how long it waits, when it gives up, and what it leaves in the logs. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { arrangedClient, closeArranged } from '../testing/arranged-client.js';
import { answerJson, type Handler } from '../testing/fake-source.js';
import { callContext } from '../testing/ports.js';

afterEach(closeArranged);

const well = { users: [] };
const failingFirst =
  (times: number, fail: Handler): Handler =>
  (request, response, number) =>
    number <= times ? fail(request, response, number) : answerJson(response, 200, well);

describe('a whole answer', () => {
  it('comes with the digest of its raw bytes, its size, the provider’s time and the number of attempts', async () => {
    const body = '{"users": [], "note": "Zoë"}';
    const { get } = await arrangedClient((_, response) => {
      response.writeHead(200, { date: 'Mon, 23 Nov 2026 12:00:00 GMT' }).end(body);
    });
    expect(await get()).toEqual({
      body: { users: [], note: 'Zoë' },
      bytes: Buffer.byteLength(body),
      digest: createHash('sha256').update(body).digest('hex'),
      providerTime: '2026-11-23T12:00:00.000Z',
      attempts: 1,
    });
  });

  it('has the same digest whether it came compressed or not', async () => {
    const { get } = await arrangedClient((_, response, number) => {
      if (number === 1) response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(well)));
      else answerJson(response, 200, well);
    });
    expect((await get()).digest).toBe((await get()).digest);
  });

  it('was asked for with bearer, correlation id and attempt, over one kept-alive connection', async () => {
    const ports = new Set<number | undefined>();
    const { source, get } = await arrangedClient((request, response, number) => {
      ports.add(request.socket.remotePort);
      answerJson(response, number === 1 ? 500 : 200, well);
    });
    await get({ query: { filter: "status='active' AND x>='1'", limit: 5 } });
    await get();
    const [first, second] = source.requests;
    expect(first?.headers).toMatchObject({
      authorization: 'Bearer bearer-canary-1',
      'x-request-id': 'run-1/users/0/1',
    });
    expect(second?.headers['x-request-id']).toBe('run-1/users/0/2');
    expect(new URL(first!.url, 'http://x').searchParams.get('filter')).toBe("status='active' AND x>='1'");
    expect(ports.size).toBe(1);
  });
});

describe('what passes is tried again', () => {
  it.each<[string, Handler]>([
    ['500', (_, response) => answerJson(response, 500, {})],
    ['502 with a web page', (_, response) => void response.writeHead(502).end('<html>')],
    ['429 without Retry-After', (_, response) => answerJson(response, 429, {})],
    ['an empty body with 200', (_, response) => void response.writeHead(200).end()],
    ['a web page with 200', (_, response) => void response.writeHead(200).end('<html>')],
    ['JSON cut short', (_, response) => void response.writeHead(200).end('{"users":[{')],
    ['a connection reset before the answer', (request) => void request.socket.destroy()],
    [
      'a connection closed within the body',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"users":', () => request.socket.destroy());
      },
    ],
    ['broken gzip', (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip')],
  ])('%s: two of them, then the answer, after two waits', async (_, fail) => {
    const { clock, ports, get } = await arrangedClient(failingFirst(2, fail));
    expect(await get()).toMatchObject({ body: well, attempts: 3 });
    expect(clock.slept).toEqual([500, 1000]);
    const attempts = ports.counted.filter(({ name }) => name === 'rollcall_http_client_attempts_total');
    expect(attempts.filter(({ labels }) => labels['reason'] !== 'first')).toHaveLength(2);
  });

  /** A slow machine may not answer within an attempt's short time either: then there are more of them. */
  const patient = { maxAttempts: 100, baseDelayMs: 0 };

  it('a silent source is cut off by the attempt’s own time', async () => {
    const { get } = await arrangedClient(
      failingFirst(1, () => {}),
      { ...patient, attemptTimeoutMs: 100 },
    );
    expect((await get()).attempts).toBeGreaterThanOrEqual(2);
  });

  it('a source that drips bytes is cut off as well', async () => {
    const drip: Handler = (request, response) => {
      const timer = setInterval(() => response.write(' '), 20);
      request.socket.on('close', () => clearInterval(timer));
    };
    const { get } = await arrangedClient(failingFirst(1, drip), { ...patient, attemptTimeoutMs: 150 });
    expect((await get()).attempts).toBeGreaterThanOrEqual(2);
  });
});

describe('what lasts is a fault, after all attempts', () => {
  it.each<[string, string, Handler]>([
    ['source_unreachable', '503', (_, response) => answerJson(response, 503, {})],
    ['source_rate_limited', '429', (_, response) => answerJson(response, 429, {})],
    ['source_unreachable', 'a reset', (request) => void request.socket.destroy()],
    ['source_bad_response', 'a web page with 200', (_, response) => void response.writeHead(200).end('<html>')],
  ])('%s for %s', async (code, _, handler) => {
    const { source, get } = await arrangedClient(handler);
    await expect(get()).rejects.toMatchObject({ name: 'Fault', code });
    expect(source.requests).toHaveLength(4);
  });

  it('source_bad_response for a body without what was asked for', async () => {
    const { get } = await arrangedClient((_, response) => answerJson(response, 200, { user: [] }));
    const complaint = () => "the body has no list 'users'";
    await expect(get({ complaint })).rejects.toMatchObject({ code: 'source_bad_response', message: /no list 'users'/ });
  });
});

describe('what will not pass is a fault at once', () => {
  it.each([
    [301, 'source_bad_response'],
    [400, 'source_bad_response'],
    [403, 'source_unauthorised'],
    [404, 'source_bad_response'],
    [422, 'source_bad_response'],
  ])('%d is %s', async (status, code) => {
    const { source, clock, get } = await arrangedClient((_, response) =>
      answerJson(response, status, {}, { location: '/elsewhere/' }),
    );
    await expect(get()).rejects.toMatchObject({ code });
    expect(source.requests).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });

  it('a body over the limit, also when it is small until it is unpacked', async () => {
    const { source, get } = await arrangedClient((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5_000_000)));
    });
    await expect(get()).rejects.toMatchObject({ code: 'source_bad_response' });
    expect(source.requests).toHaveLength(1);
  });

  it('a call through a closed transport', async () => {
    const { source, transport, get } = await arrangedClient((_, response) => answerJson(response, 200, well));
    transport.close();
    await expect(get()).rejects.toMatchObject({ code: 'source_unreachable' });
    expect(source.requests).toHaveLength(0);
  });
});

describe('Retry-After', () => {
  it('is waited for, when that is longer than our own wait', async () => {
    const { clock, get } = await arrangedClient(
      failingFirst(1, (_, response) => answerJson(response, 429, {}, { 'retry-after': '12' })),
    );
    await get();
    expect(clock.slept).toEqual([12_000]);
  });

  it.each([
    ['90', 90_000],
    ['1000000000', 3_600_000],
  ])('of %s seconds is not slept through: the fault carries it', async (seconds, retryAfterMs) => {
    const { clock, get } = await arrangedClient((_, response) =>
      answerJson(response, 429, {}, { 'retry-after': seconds }),
    );
    await expect(get()).rejects.toMatchObject({ code: 'source_rate_limited', retryAfterMs });
    expect(clock.slept).toEqual([]);
  });
});

describe('401', () => {
  it('drops the token and tries once with a new one, without a wait', async () => {
    const { source, clock, tokens, get } = await arrangedClient(
      failingFirst(1, (_, response) => answerJson(response, 401, {})),
    );
    await get();
    expect(source.requests.map((r) => r.headers.authorization)).toEqual([
      'Bearer bearer-canary-1',
      'Bearer bearer-canary-2',
    ]);
    expect([tokens.minted, clock.slept.length]).toEqual([2, 0]);
  });

  it('twice is a fault', async () => {
    const { source, get } = await arrangedClient((_, response) => answerJson(response, 401, {}));
    await expect(get()).rejects.toMatchObject({ code: 'source_unauthorised' });
    expect(source.requests).toHaveLength(2);
  });

  it('of many calls at once costs one new token', async () => {
    const { tokens, get } = await arrangedClient((request, response) =>
      answerJson(response, request.headers.authorization === 'Bearer bearer-canary-1' ? 401 : 200, well),
    );
    await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(tokens.minted).toBe(2);
  });
});

describe('a missing record', () => {
  it('is an answer where it may be missing and the source says so in JSON', async () => {
    const { get } = await arrangedClient((_, response) => answerJson(response, 404, { imsx_codeMajor: 'failure' }));
    expect((await get({ mayBeMissing: true })).body).toBeUndefined();
  });

  it('is no answer when a gateway’s page says it', async () => {
    const { get } = await arrangedClient((_, response) => void response.writeHead(404).end('<html>no route</html>'));
    await expect(get({ mayBeMissing: true })).rejects.toMatchObject({ code: 'source_bad_response' });
  });
});

describe('time', () => {
  it('the deadline ends a call whose waits would outlast it', async () => {
    const { source, get } = await arrangedClient((_, response) => answerJson(response, 500, {}), {
      deadlineMs: 1400,
      maxAttempts: 10,
    });
    await expect(get()).rejects.toMatchObject({ code: 'source_unreachable' });
    expect(source.requests).toHaveLength(2);
  });

  it('an abort within an attempt ends it with the caller’s reason', async () => {
    const controller = new AbortController();
    const { source, get } = await arrangedClient(() => controller.abort(new Error('lease lost')));
    await expect(get({}, callContext('x', controller.signal))).rejects.toThrow('lease lost');
    expect(source.requests).toHaveLength(1);
  });

  it('calls in flight stay within the limit', async () => {
    let most = 0;
    const under: (() => void)[] = [];
    const { get } = await arrangedClient(
      (_, response) => {
        most = Math.max(
          most,
          under.push(() => answerJson(response, 200, well)),
        );
        // Three are under way together; a fourth would have its time to come.
        if (under.length === 3) setTimeout(() => under.splice(0).forEach((answer) => answer()), 10);
      },
      { maxInFlight: 3 },
    );
    await Promise.all(Array.from({ length: 15 }, () => get()));
    expect(most).toBe(3);
  });
});

it('logs, metrics and faults name the operation, and hold no token, query value, path or body', async () => {
  const { ports, get } = await arrangedClient((_, response, number) =>
    answerJson(response, number === 1 ? 500 : 403, { text: 'body-canary' }, { 'x-request-id': 'header canary' }),
  );
  const calls = [{ query: { filter: 'query-canary' } }, { url: 'not-an-address', query: { filter: 'query-canary' } }];
  const faults = await Promise.all(calls.map((call) => get(call).catch((error: Error) => error as Error)));
  expect(faults).toMatchObject([{ code: 'source_unauthorised' }, { code: 'invalid_configuration' }]);
  const said = JSON.stringify([ports.lines, ports.counted, faults, faults.map(String)]);
  expect(said).toContain('users.list');
  expect(said).not.toMatch(/canary/);
  expect(faults.map((fault) => (fault as Error).cause)).toEqual([undefined, undefined]);
});
