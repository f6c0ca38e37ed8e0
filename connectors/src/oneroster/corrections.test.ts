/** What a caller hands in reaches every source of OneRoster's rows: corrections before a row is read, and word of each wait. */
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Org } from '@rollcall/core';
import { oneRosterCsvConfigSchema } from '../csv/config.js';
import { oneRosterCsvProvider } from '../csv/provider.js';
import { invented, invented11, PackageShelf } from '../csv/testing/packages.js';
import type { IRosterProvider, Retry } from '../contracts.js';
import { answerJson, FakeSource } from '../testing/fake-source.js';
import { callContext, LeapingClock, testPorts } from '../testing/ports.js';
import { wireRow } from '../testing/wire-rows.js';
import { oneRosterConfigSchema } from './config.js';
import { oneRosterProvider } from './provider.js';

const shelf = new PackageShelf();
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => shelf.remove());

const lindholm = wireRow.orgs({ sourcedId: 'org-lindholm' });

/** Refuses so many calls before it answers. */
async function server(refusals = 0): Promise<IRosterProvider> {
  let left = refusals;
  const source = await FakeSource.start((request, response) => {
    if ((left -= 1) >= 0) {
      response.setHeader('Retry-After', '3');
      return answerJson(response, 429, {});
    }
    answerJson(response, 200, request.url!.includes('/orgs/') ? { org: lindholm } : { orgs: [lindholm, 7] });
  });
  closing.push(() => source.stop());
  const settings = { baseUrl: source.baseUrl, signIn: 'oauth1', clientId: 'key', clientSecret: 'secret' } as const;
  return started(oneRosterProvider('rest', oneRosterConfigSchema.parse(settings), testPorts(new LeapingClock())));
}

async function started(provider: IRosterProvider): Promise<IRosterProvider> {
  await provider.start();
  closing.push(() => provider.stop());
  return provider;
}

const csv = (files: Parameters<PackageShelf['zip']>[0]) =>
  started(oneRosterCsvProvider('csv', oneRosterCsvConfigSchema.parse({ path: shelf.zip(files) }), testPorts()));

const correct = (row: Readonly<Record<string, unknown>>) =>
  row.sourcedId === 'org-lindholm' ? { ...row, name: 'Put right' } : row;

describe.each([
  ['a server', () => server()],
  ['a package of 1.2', () => csv(invented())],
  ['a package of 1.1', () => csv(invented11())],
])('%s', (_, open) => {
  it('gives a corrected row with the values that a person put right, in pages and alone, and others as they are', async () => {
    const provider = await open();
    const context = { ...callContext(), correct };
    const page = await provider.readPage('orgs', { offset: 0, limit: 10 }, context);
    const names = new Map((page.records as Org[]).map((org) => [org.sourcedId, org.name]));
    expect(names.get('org-lindholm')).toBe('Put right');
    expect([...names.values()].filter((name) => name === 'Put right')).toHaveLength(1);
    expect(page.rowCount).toBe(page.records.length + page.rejects.length);
    const one = await provider.readOne('orgs', 'org-lindholm', context);
    expect(one).toMatchObject({ found: true, record: { name: 'Put right' } });
  });
});

it('a server that asks to wait is told of before each wait', async () => {
  const retries: Retry[] = [];
  const provider = await server(2);
  const context = { ...callContext(), onRetry: (retry: Retry) => void retries.push(retry) };
  await provider.readPage('orgs', { offset: 0, limit: 10 }, context);
  expect(retries).toEqual([
    { waitMs: 3000, asked: true },
    { waitMs: 3000, asked: true },
  ]);
});
