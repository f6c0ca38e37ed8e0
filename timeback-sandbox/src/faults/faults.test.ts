/** Every fault, one row each: what is switched on, and what a reader then meets over real HTTP. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Reply, TestSandbox } from '../testing/client.js';
import { faultNames } from './catalogue.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await TestSandbox.start({ students: 400 });
});
afterEach(() => sandbox.control('reset', {}));
afterAll(() => sandbox.close());

const users = (params: Record<string, string | number> = {}) => sandbox.get('users/', { limit: 50, ...params });
const ids = (reply: Reply) => reply.body.users.map((row) => row.sourcedId);

const outcomes: { fault: object; promises: string; meets: () => Promise<void> }[] = [
  {
    fault: { fault: 'delay', ms: 150 },
    promises: 'the answer comes late but whole',
    meets: async () => {
      const start = performance.now();
      expect(ids(await users())).toHaveLength(50);
      expect(performance.now() - start).toBeGreaterThanOrEqual(145);
    },
  },
  {
    fault: { fault: 'error', status: 503 },
    promises: 'that status with the error body',
    meets: async () => {
      const reply = await users();
      expect([reply.status, reply.body.imsx_codeMajor]).toEqual([503, 'failure']);
    },
  },
  {
    fault: { fault: 'rate-limit', retryAfter: 3 },
    promises: '429 with seconds',
    meets: async () => {
      const reply = await users();
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '3']);
      expect(reply.text).toContain('server_busy');
    },
  },
  {
    fault: { fault: 'rate-limit', retryAfter: 'date' },
    promises: '429 with a date ahead',
    meets: async () => {
      const asked = Date.now();
      const after = (await users()).headers.get('retry-after')!;
      expect(Date.parse(after)).toBeGreaterThan(asked - 1000);
    },
  },
  {
    fault: { fault: 'rate-limit' },
    promises: '429 without a hint',
    meets: async () => {
      const reply = await users();
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, null]);
    },
  },
  {
    fault: { fault: 'truncate' },
    promises: '200 with JSON cut in the middle',
    meets: async () => {
      const reply = await users();
      expect([reply.status, reply.isJson, reply.text.startsWith('{"users":[')]).toEqual([200, false, true]);
    },
  },
  {
    fault: { fault: 'html' },
    promises: '200 with a web page',
    meets: async () => {
      const reply = await users();
      expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(reply.text).toMatch(/^<!doctype html>/);
    },
  },
  {
    fault: { fault: 'duplicate-rows', count: 4 },
    promises: 'the first rows of a page once more at its end',
    meets: async () => {
      const got = ids(await users());
      expect(got.slice(50)).toEqual(got.slice(0, 4));
    },
  },
  {
    fault: { fault: 'drift', times: 1 },
    promises: 'one row is never seen, and the total shrinks by it',
    meets: async () => {
      const whole = (await sandbox.totals()).users.rows;
      const seen = [...ids(await users()), ...ids(await users({ offset: 50 }))];
      const reply = await users({ offset: 0, limit: 3000 });
      expect(reply.body.totalCount).toBe(whole - 1);
      const skipped = ids(reply)
        .slice(0, 100)
        .filter((id: string) => !seen.includes(id));
      expect(skipped).toHaveLength(1);
    },
  },
  {
    fault: { fault: 'clamp', limit: 20 },
    promises: 'fewer rows than asked for, and the smaller limit said',
    meets: async () => {
      const reply = await users();
      expect([ids(reply).length, reply.body.limit]).toEqual([20, 20]);
    },
  },
  {
    fault: { fault: 'wrong-total', delta: -5 },
    promises: 'a total that is off by that much',
    meets: async () => {
      const { users: total } = await sandbox.totals();
      expect((await users()).body.totalCount).toBe(total.rows - 5);
    },
  },
  {
    fault: { fault: 'wrong-total', absent: true },
    promises: 'no total at all',
    meets: async () => expect((await users()).body).not.toHaveProperty('totalCount'),
  },
  {
    fault: { fault: 'ignore-offset' },
    promises: 'the first page whatever the offset',
    meets: async () => {
      const reply = await users({ offset: 100 });
      expect(ids(reply)).toEqual(ids(await users()));
      expect(reply.body.offset).toBe(100);
    },
  },
  {
    fault: { fault: 'error-past-end', status: 404 },
    promises: 'an error past the end, and only there',
    meets: async () => {
      expect((await users({ offset: 100_000 })).status).toBe(404);
      expect((await users()).status).toBe(200);
    },
  },
  {
    fault: { fault: 'close' },
    promises: 'the connection is cut inside the body',
    meets: async () => expect(users()).rejects.toThrow(),
  },
  {
    fault: { fault: 'token-expiry', uses: 2 },
    promises: 'a token dies after two uses; a new one works',
    meets: async () => {
      await sandbox.login();
      const statuses = [await users(), await users(), await users()].map((reply) => reply.status);
      await sandbox.login();
      expect([...statuses, (await users()).status]).toEqual([200, 200, 401, 200]);
    },
  },
  {
    fault: { fault: 'wrong-key' },
    promises: 'the rows under another key',
    meets: async () => {
      const { body } = await users();
      expect([body.users, body.usersList.length]).toEqual([undefined, 50]);
    },
  },
  {
    fault: { fault: 'empty-body' },
    promises: '200 with nothing in it',
    meets: async () => {
      const reply = await users();
      expect([reply.status, reply.text]).toEqual([200, '']);
    },
  },
  {
    fault: { fault: 'ignore-limit' },
    promises: 'every row, however few were asked for',
    meets: async () => {
      expect(ids(await users({ limit: 2 }))).toHaveLength((await sandbox.totals()).users!.rows);
    },
  },
  {
    fault: { fault: 'ignore-filter' },
    promises: 'every row, whatever the filter says',
    meets: async () => {
      expect(ids(await users({ filter: "sourcedId='nobody'" }))).toHaveLength(50);
    },
  },
  {
    fault: { fault: 'refuse-filter' },
    promises: '400 to any filter, and the list without one',
    meets: async () => {
      expect([(await users({ filter: "status='active'" })).status, (await users()).status]).toEqual([400, 200]);
    },
  },
];

describe('a fault', () => {
  test.each(outcomes.map(({ fault, promises, meets }) => [JSON.stringify(fault), promises, fault, meets] as const))(
    '%s: %s',
    async (_text, _promises, fault, meets) => {
      await sandbox.control('faults', { ...fault, collection: 'users' });
      await meets();
    },
  );

  test('of every kind is in the table above', () => {
    const tested = new Set(outcomes.map(({ fault }) => (fault as { fault: string }).fault));
    expect([...tested].sort()).toEqual([...faultNames].sort());
  });
});

describe('a rule hits', () => {
  const statuses = async (count: number) => {
    const got: number[] = [];
    for (let n = 0; n < count; n += 1) got.push((await users({ limit: 1 })).status);
    return got;
  };
  const error = { fault: 'error', status: 500 };

  test('the first n requests with times', async () => {
    await sandbox.control('faults', { ...error, collection: 'users', times: 2 });
    expect(await statuses(4)).toEqual([500, 500, 200, 200]);
  });

  test('every nth request with everyNth', async () => {
    await sandbox.control('faults', { ...error, collection: 'users', everyNth: 3 });
    expect(await statuses(6)).toEqual([200, 200, 500, 200, 200, 500]);
  });

  test('a share of requests with probability, the same ones after a reset', async () => {
    const rule = { ...error, collection: 'users', probability: 0.4 };
    await sandbox.control('faults', rule);
    const first = await statuses(40);
    await sandbox.control('reset', {});
    await sandbox.control('faults', rule);
    expect(await statuses(40)).toEqual(first);
    const hit = first.filter((status) => status === 500).length;
    expect(hit).toBeGreaterThan(6);
    expect(hit).toBeLessThan(30);
  });

  test('only its path, which may be the token endpoint', async () => {
    await sandbox.control('faults', { ...error, path: '/oauth2' });
    expect((await users()).status).toBe(200);
    expect((await sandbox.fetch('/oauth2/token', { method: 'POST' })).status).toBe(500);
  });

  test('until it is removed, by id or with all others', async () => {
    const { added } = await sandbox.control('faults', { ...error, collection: 'users' });
    expect(await statuses(1)).toEqual([500]);
    expect((await sandbox.control('faults')).rules).toMatchObject([{ id: added.id, seen: 1, fired: 1 }]);
    const removed = await sandbox.fetch(`/control/faults?id=${added.id}`, { method: 'DELETE' });
    expect(removed.body).toEqual({ removed: 1 });
    expect(await statuses(1)).toEqual([200]);
    expect((await sandbox.fetch('/control/faults', { method: 'DELETE' })).body).toEqual({ removed: 0 });
  });
});
