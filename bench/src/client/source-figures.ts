/** Figures against the sandbox: pages that did not change, by their mark and as a whole; and tokens when fifty calls are refused at once. */
import { startSandbox } from '../sandbox.js';
import { median } from './overhead.js';
import { benchPorts, context, type ClientParts } from './parts.js';

export interface SourceFigures {
  readonly notModifiedSpeedup: number;
  readonly tokenRequestsFor50Unauthorised: number;
}

const rounds = 7;
const pageSize = 3_000;
const pages = 4;
const credentials = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' };

export async function measureSource(parts: ClientParts): Promise<SourceFigures> {
  const sandbox = await startSandbox(12_000);
  try {
    return {
      notModifiedSpeedup: await speedup(parts, sandbox.url),
      tokenRequestsFor50Unauthorised: await tokenRequests(parts, sandbox.url),
    };
  } finally {
    await sandbox.stop();
  }
}

/** Both read as a re-sync does: every row is known. */
async function speedup(parts: ClientParts, url: string): Promise<number> {
  const known = new Set<string>();
  const asRun = { ...context, isKnown: (digest: string) => known.has(digest) };
  const caches = new parts.ResponseCaches();
  const reader = async (revalidatePages: boolean) => {
    const settings = { ...parts.timebackPresets.sandbox(url), ...credentials, revalidatePages };
    const config = parts.timebackConfigSchema.parse(settings);
    const provider = new parts.TimeBackRosterProvider('bench', config, { ...benchPorts, caches, scope: 'bench' });
    await provider.start();
    const read = async () => {
      const began = performance.now();
      for (let page = 0; page < pages; page += 1) {
        const range = { offset: page * pageSize, limit: pageSize };
        const { digests, rowCount } = await provider.readPage('users', range, asRun);
        if (rowCount !== pageSize) throw new Error('the district is too small');
        for (const digest of digests) known.add(digest);
      }
      return performance.now() - began;
    };
    return { read, stop: () => provider.stop() };
  };
  const [whole, marked] = [await reader(false), await reader(true)];
  try {
    for (let warm = 0; warm < 2; warm += 1) for (const { read } of [whole, marked]) await read();
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) ratios.push((await whole.read()) / (await marked.read()));
    return median(ratios);
  } finally {
    await whole.stop();
    await marked.stop();
  }
}

async function tokenRequests({ Transport, TokenSource, BaseApiClient }: ClientParts, url: string): Promise<number> {
  const control = async (verb: string, body?: object) => {
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    return (await (await fetch(`${url}/control/${verb}`, init)).json()) as { tokenRequests: number };
  };
  const settings = { attemptTimeoutMs: 30_000, maxBodyBytes: 1e7, gzip: false, maxSockets: 50 };
  const transport = new Transport(settings, benchPorts);
  const policy = {
    maxAttempts: 3,
    deadlineMs: 60_000,
    maxWaitMs: 1000,
    baseDelayMs: 1,
    maxDelayMs: 1,
    maxInFlight: 50,
  };
  const how = { tokenUrl: `${url}/oauth2/token`, clientAuthentication: 'form' as const, scope: null };
  const tokens = new TokenSource({ ...how, ...credentials }, policy, transport, benchPorts);
  const client = new BaseApiClient(transport, tokens, policy, benchPorts);
  const read = () => {
    const orgs = `${url}/ims/oneroster/rostering/v1p2/orgs/`;
    return client.getJson({ operation: 'orgs.list', url: orgs, complaint: () => null }, context);
  };
  try {
    for (let use = 0; use < 60; use += 1) await read();
    // The token in use is over from now on; the next one lasts for all fifty.
    await control('faults', { fault: 'token-expiry', uses: 60 });
    const before = (await control('log')).tokenRequests;
    const answers = await Promise.all(Array.from({ length: 50 }, read));
    if (answers.some(({ attempts }) => attempts !== 2)) throw new Error('not every call was refused once');
    return (await control('log')).tokenRequests - before;
  } finally {
    transport.close();
  }
}
