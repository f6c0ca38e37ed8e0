/** For tests: a OneRoster source that answers lists which a test writes down, row by row, for what no well-meant sandbox shows. */
import type { EntityName } from '@rollcall/core';
import type { IRosterProvider } from '../../contracts.js';
import { answerJson, FakeSource } from '../../testing/fake-source.js';
import { testPorts } from '../../testing/ports.js';
import { oneRosterConfigSchema, type OneRosterSettings } from '../config.js';
import { oneRosterProvider } from '../provider.js';

export type CannedRows = Partial<Record<EntityName, readonly unknown[]>>;

const open: (() => Promise<void>)[] = [];

/** Ends what `canned` opened; belongs into `afterEach`. */
export async function closeCanned(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

/** It signs requests, so that no token is in the way. */
export async function canned(rows: CannedRows, over: Partial<OneRosterSettings> = {}): Promise<IRosterProvider> {
  const source = await FakeSource.start((request, response) => {
    const name = /\/api\/(\w+)\?/.exec(request.url ?? '')?.[1] as EntityName | undefined;
    if (name === undefined || !rows[name]) return answerJson(response, 404, { error: 'unknown' });
    answerJson(response, 200, { [name]: rows[name] });
  });
  const settings = {
    baseUrl: `${source.baseUrl}/api`,
    signIn: 'oauth1',
    clientId: 'key',
    clientSecret: 'secret',
  } as const;
  const provider = oneRosterProvider('canned', oneRosterConfigSchema.parse({ ...settings, ...over }), testPorts());
  await provider.start();
  open.push(async () => {
    await provider.stop();
    await source.stop();
  });
  return provider;
}
