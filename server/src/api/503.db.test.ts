/** Statuses 503 and 500: what is away says so and passes; what is broken says nothing about the inside. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../store/migrate.js';
import { apiUnderTest, callers, listening, partsFor, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await apiUnderTest('api_503');
});
afterAll(() => api.close());

describe('without a database', () => {
  const { parts, logged } = partsFor();
  let away: Awaited<ReturnType<typeof listening>>;
  beforeAll(async () => {
    away = await listening(parts);
  });
  afterAll(async () => {
    await away.app.close();
    await parts.db.close();
  });

  test('the process lives and its metrics can be read', async () => {
    const { get } = callers(away.url);
    expect([(await get('/health/live')).status, (await get('/metrics')).status]).toEqual([200, 200]);
  });

  test.each(['/health/ready', '/runs', '/users'])(
    'GET %s is unavailable, and says nothing about where the database is',
    async (path) => {
      const { status, body, text } = await callers(away.url).get(path);
      expect(status).toBe(503);
      expect(body).toMatchObject({ code: 'unavailable', nextStep: 'Check that the database is up.' });
      expect(text).not.toMatch(/127\.0\.0\.1|ECONN|postgres/);
      expect(logged.at(-1)).toMatchObject({ event: 'request.failed', fields: { status: 503 } });
    },
  );
});

test('connections that break under requests are unavailable at most, and the next request is served', async () => {
  const admin = new pg.Client({ connectionString: api.database.adminUrl });
  await admin.connect();
  await Promise.all([api.get('/users'), api.get('/runs')]);
  const { rows } = await admin.query<{ pid: number }>(
    `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'rollcall_app'`,
  );
  // Told to end is not yet ended.
  const left = async () =>
    (await admin.query('SELECT FROM pg_stat_activity WHERE pid = ANY ($1)', [rows.map(({ pid }) => pid)])).rowCount;
  while ((await left()) !== 0) await new Promise(setImmediate);
  await admin.end();
  for (const path of ['/runs', '/users']) {
    const first = await api.get(path);
    expect([200, 503]).toContain(first.status);
    expect((await api.get(path)).status).toBe(200);
  }
});

test('a schema that lags behind makes the process unready, with the command that mends it', async () => {
  await migrate(api.database.urls.owner, 'down');
  try {
    const admin = new pg.Client({ connectionString: api.database.adminUrl });
    await admin.connect();
    await admin.query(
      'GRANT USAGE ON SCHEMA public TO rollcall_app; GRANT SELECT ON schema_migrations TO rollcall_app',
    );
    await admin.end();
    const { status, body } = await api.get('/health/ready');
    expect(status).toBe(503);
    expect(body).toMatchObject({
      detail: 'The database lacks 1 migrations.',
      nextStep: expect.stringContaining('migrate'),
    });
  } finally {
    await migrate(api.database.urls.owner);
  }
});

test('an error that nobody foresaw is answered without its text, and logged without it', async () => {
  const secret = 'Mira Lindqvist, born 2013-04-01';
  const metrics = {
    render: () => {
      throw new TypeError(secret);
    },
  };
  api.logged.length = 0;
  const broken = await listening({ ...api.parts, metrics });
  try {
    const { status, body, text } = await callers(broken.url).get('/metrics');
    expect([status, body['code']]).toEqual([500, 'internal_error']);
    expect(text).not.toContain('Mira');
    expect(api.logged).toEqual([{ event: 'request.failed', fields: expect.objectContaining({ error: 'TypeError' }) }]);
    expect(JSON.stringify(api.logged)).not.toContain('Mira');
  } finally {
    await broken.app.close();
  }
});
