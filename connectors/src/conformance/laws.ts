/**
 * What every roster provider must hold to, as named laws that any test runner can loop over. A provider that passes them can
 * be trusted by the engine: nothing lost between pages, nothing unaccounted for, no error dressed up as an empty roster.
 */
import { entityNames } from '@rollcall/core';
import type { IRosterProvider } from '../contracts.js';
import type { Law, MakeProvider } from './law.js';
import { lifeCycleLaws } from './life-cycle-laws.js';
import { readingLaws } from './reading-laws.js';

export const providerLaws: readonly Law[] = [
  ...lifeCycleLaws,
  ...readingLaws.flatMap((law) =>
    entityNames.map((entity) => ({
      name: `${entity}: ${law.name}`,
      check: (make: MakeProvider) => whileStarted(make, (provider) => law.check(provider, entity)),
    })),
  ),
];

async function whileStarted(make: MakeProvider, check: (provider: IRosterProvider) => Promise<void>): Promise<void> {
  const provider = make();
  await provider.init();
  await provider.start();
  try {
    await check(provider);
  } finally {
    await provider.stop();
  }
}
