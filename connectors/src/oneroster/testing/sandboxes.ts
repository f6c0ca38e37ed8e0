/** For tests: OneRoster providers for the sandbox's profiles of plain OneRoster servers. */
import type { IRosterProvider } from '../../contracts.js';
import type { Ports } from '../../ports.js';
import { testPorts } from '../../testing/ports.js';
import { sandboxClient, type SandboxProcess } from '../../testing/sandbox-process.js';
import { oneRosterConfigSchema, type OneRosterSettings } from '../config.js';
import { oneRosterProvider } from '../provider.js';

export type Profile = 'oneroster-1.2' | 'oneroster-1.1' | 'certified-quirky';

const addresses: Readonly<Record<Profile, readonly [base: string, token: string]>> = {
  'oneroster-1.2': ['/ims/oneroster/rostering/v1p2', '/oauth/token'],
  'oneroster-1.1': ['/ims/oneroster/v1p1', '/token'],
  'certified-quirky': ['/2026/oneroster/v1p2', '/oauth/token/'],
};

export function oneRosterOf(
  sandbox: Pick<SandboxProcess, 'baseUrl'>,
  profile: Profile,
  over: Partial<OneRosterSettings> = {},
  ports: Ports = testPorts(),
): IRosterProvider {
  const [base, token] = addresses[profile];
  const settings = {
    baseUrl: sandbox.baseUrl + base,
    tokenUrl: sandbox.baseUrl + token,
    ...sandboxClient,
    gzip: false,
    ...over,
  };
  return oneRosterProvider('sandbox', oneRosterConfigSchema.parse(settings), ports);
}
