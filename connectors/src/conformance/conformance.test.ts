/** Both providers under the same laws: the mock in process, TimeBack over real HTTP against the sandbox, on both platforms. */
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { mockConfigSchema } from '../mock/config.js';
import { MockRosterProvider } from '../mock/provider.js';
import { testPorts } from '../testing/ports.js';
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
