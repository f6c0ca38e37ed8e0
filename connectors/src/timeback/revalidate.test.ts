/** Pages that the source says are unchanged: the same page as a whole read would give, only for who still knows every row. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callContext, testPorts } from '../testing/ports.js';
import { sandboxClient, SandboxProcess } from '../testing/sandbox-process.js';
import { ResponseCaches } from '../http/cache/response-caches.js';
import { timebackConfigSchema } from './config.js';
import { timebackPresets } from './presets.js';
import { TimeBackRosterProvider } from './provider.js';

let sandbox: SandboxProcess;
const caches = new ResponseCaches();

beforeAll(async () => {
  sandbox = await SandboxProcess.start();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.control('reset', {}));

/** A provider as each run makes it anew. */
async function reading(known: ReadonlySet<string>, scope = 'tenant-a integration', limit = 40) {
  const settings = { ...timebackPresets.sandbox(sandbox.baseUrl), ...sandboxClient, revalidatePages: true };
  const ports = { ...testPorts(), caches, scope };
  const provider = new TimeBackRosterProvider('district', timebackConfigSchema.parse(settings), ports);
  await provider.start();
  try {
    const context = { ...callContext(), isKnown: (digest: string) => known.has(digest) };
    return await provider.readPage('users', { offset: 0, limit }, context);
  } finally {
    await provider.stop();
  }
}

const statuses = async () => ((await sandbox.control('log')) as { statuses: Record<string, number> }).statuses;

it('gives the page that a whole read gives, without its body', async () => {
  const first = await reading(new Set());
  const known = new Set(first.digests);
  const whole = await reading(known, 'tenant-a another');
  const again = await reading(known);
  expect((await statuses())['304']).toBe(1);
  expect({ ...again, providerTime: '', bytes: 0 }).toEqual({ ...whole, providerTime: '', bytes: 0 });
  expect([again.bytes, again.rowCount, again.unchanged.length]).toEqual([0, 40, 40]);
});

it('reads the page whole for who does not know all of its rows any more', async () => {
  const first = await reading(new Set(), 'b');
  const [gone, ...rest] = first.digests;
  const again = await reading(new Set(rest), 'b');
  expect((await statuses())['304']).toBeUndefined();
  expect(again.digests).toEqual([gone]);
  expect(again.records).toHaveLength(1);
});

it('sees an edit', async () => {
  const first = await reading(new Set(), 'c');
  const known = new Set(first.digests);
  await sandbox.control('edit', { share: 0.2 });
  const again = await reading(known, 'c');
  expect((await statuses())['304']).toBeUndefined();
  expect(again.records.length).toBeGreaterThan(0);
});

it('asks as a whole for another page, and for another tenant', async () => {
  const first = await reading(new Set(), 'd');
  const known = new Set(first.digests);
  await reading(known, 'd', 20);
  await reading(known, 'e');
  expect((await statuses())['304']).toBeUndefined();
});

it('keeps no body and nothing of persons, sixteen bytes a row', async () => {
  await reading(new Set(), 'f');
  const cache = caches.of('f');
  expect(cache.statistics.entries).toBe(1);
  expect(cache.statistics.bytes).toBeLessThan(40 * 16 + 1500);
});
