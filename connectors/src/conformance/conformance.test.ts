/** All providers under the same laws: the mock in process, CSV from a file, TimeBack and OneRoster over real HTTP against the sandbox in each of its kinds. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { entityNames } from '@rollcall/core';
import type { RosterPage } from '../contracts.js';
import { oneRosterCsvConfigSchema } from '../csv/config.js';
import { oneRosterCsvProvider } from '../csv/provider.js';
import { invented, PackageShelf, rows12 } from '../csv/testing/packages.js';
import { mockConfigSchema } from '../mock/config.js';
import { MockRosterProvider } from '../mock/provider.js';
import { oneRosterOf } from '../oneroster/testing/sandboxes.js';
import { callContext, testPorts } from '../testing/ports.js';
import { SandboxProcess, sandboxClient } from '../testing/sandbox-process.js';
import { timebackConfigSchema } from '../timeback/config.js';
import { timebackPresets } from '../timeback/presets.js';
import { TimeBackRosterProvider } from '../timeback/provider.js';
import { providerLaws } from './laws.js';

describe('the mock provider', () => {
  const config = mockConfigSchema.parse({ students: 60, metadata: { origin: 'invented' } });
  it.each(providerLaws)('$name', ({ check }) => check(() => new MockRosterProvider('mock', config, testPorts())));
});

describe('the TimeBack provider', () => {
  let sandbox: SandboxProcess;
  beforeAll(async () => {
    sandbox = await SandboxProcess.start();
  });
  afterAll(() => sandbox.stop());

  it.each(providerLaws)('$name', ({ check }) =>
    check(() => {
      const config = timebackConfigSchema.parse({ ...timebackPresets.sandbox(sandbox.baseUrl), ...sandboxClient });
      return new TimeBackRosterProvider('sandbox', config, testPorts());
    }),
  );

  it.each(entityNames)(
    '%s: every record has a digest, by which it is known again through another connection',
    async (entity) => {
      const pages: RosterPage[] = [];
      for (const isKnown of [() => false, (digest: string) => pages[0]!.digests.includes(digest)]) {
        const config = timebackConfigSchema.parse({ ...timebackPresets.sandbox(sandbox.baseUrl), ...sandboxClient });
        const provider = new TimeBackRosterProvider('sandbox', config, testPorts());
        await provider.start();
        pages.push(await provider.readPage(entity, { offset: 0, limit: 50 }, { ...callContext(), isKnown }));
        await provider.stop();
      }
      expect(pages[0]!.digests).toHaveLength(pages[0]!.rowCount);
      expect(pages[1]!.unchanged).toEqual(pages[0]!.digests);
    },
  );
});

describe('the TimeBack provider on the other platform', () => {
  let sandbox: SandboxProcess;
  beforeAll(async () => {
    sandbox = await SandboxProcess.start(['--students', '60', '--seed', '2', '--platform', 'learnwith']);
  });
  afterAll(() => sandbox.stop());

  it.each(providerLaws)('$name', ({ check }) =>
    check(() => {
      const { baseUrl } = sandbox;
      const preset = { ...timebackPresets.LEARNWITH_AI.staging, baseUrl, tokenUrl: `${baseUrl}/auth/1.0/token` };
      const config = timebackConfigSchema.parse({ ...preset, ...sandboxClient });
      return new TimeBackRosterProvider('sandbox', config, testPorts());
    }),
  );
});

describe.each(['oneroster-1.2', 'oneroster-1.1', 'certified-quirky'] as const)(
  'the OneRoster provider at %s',
  (profile) => {
    let sandbox: SandboxProcess;
    beforeAll(async () => {
      sandbox = await SandboxProcess.start(['--students', '60', '--seed', '3', '--platform', profile]);
    });
    afterAll(() => sandbox.stop());

    it.each(providerLaws)('$name', ({ check }) => check(() => oneRosterOf(sandbox, profile)));
  },
);

describe('the OneRoster CSV provider', () => {
  const shelf = new PackageShelf();
  afterAll(() => shelf.remove());
  const several = Object.entries(rows12).map(([file, rows]) => {
    const more = file === 'roles' ? [] : rows.map((row) => ({ ...row, sourcedId: `${row.sourcedId}-2` }));
    return [file, [...rows, ...more]] as const;
  });
  const path = shelf.zip(invented('bulk', Object.fromEntries(several)));
  const config = oneRosterCsvConfigSchema.parse({ path });

  it.each(providerLaws)('$name', ({ check }) => check(() => oneRosterCsvProvider('csv', config, testPorts())));
});
