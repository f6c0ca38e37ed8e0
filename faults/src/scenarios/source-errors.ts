/** F15, F16, F17, F28: a source that fails, limits, trickles or hangs, and one that does not accept our token any more. */
import type { IRosterProvider } from '@rollcall/connectors';
import { FaultProxy, type ProxyFault } from '../proxy/fault-proxy.js';
import { prepare } from '../world/prepare.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

export const sourceErrors: readonly InnerScenario[] = [
  { fault: 'F15', play: errors },
  { fault: 'F16', play: limits },
  { fault: 'F17', play: connections },
  { fault: 'F28', play: tokens },
  { fault: 'F28', play: rotated },
];

/** For as long as the fault lasts the run comes to no end, or to a good one; it says why it waits, and goes on by itself. */
async function endure(trial: Trial, states: readonly string[], over: () => Promise<unknown>): Promise<void> {
  const runId = await trial.request();
  const named = ['paused', 'needs_attention'];
  const run = await trial.until(
    runId,
    ({ state, attempt, finishedAt }) => finishedAt !== null || named.includes(state) || attempt > 1,
  );
  if (named.includes(run.state)) {
    trial.expect(states.includes(run.state), `the run is ${run.state}: ${run.reason}`);
    trial.expect(Boolean(run.reason && run.nextStep), 'a run that waits says why, and what to do');
    trial.expect(run.reason !== 'internal error', 'a fault of the source is no internal error');
  }
  await over();
  const end = await trial.settle(runId);
  if (end.state !== 'needs_attention') await trial.completes(end);
}

async function errors(trial: Trial): Promise<void> {
  await prepare(trial);
  const { sandbox } = trial.site;
  const status = trial.random.pick([500, 502, 503, 504]);
  await sandbox.fault({ fault: 'error', status, probability: trial.random.pick([0.1, 0.5, 1]) });
  await endure(trial, ['paused'], () => sandbox.noFaults());
}

async function limits(trial: Trial): Promise<void> {
  await prepare(trial);
  const { sandbox } = trial.site;
  const retryAfter = trial.random.pick([undefined, 0, 1, 600, 'date', '1000000000', 'soon', '-5']);
  const often = trial.random.pick([{ times: 2 }, { everyNth: 3 }, {}]);
  await sandbox.fault({ fault: 'rate-limit', ...(retryAfter === undefined ? {} : { retryAfter }), ...often });
  await endure(trial, ['paused'], () => sandbox.noFaults());
}

/** A pause that is asked for is bounded, whatever the source says: checked by the run's own note. */
const connectionFaults: readonly ProxyFault[] = [
  { blackHole: true },
  { refuse: true },
  { bytesPerSecond: 20 },
  { latencyMs: 60 },
  { truncateAfter: 900 },
  { resetAfter: 3_000 },
  { halfCloseAfter: 1_500 },
  { bytesPerSecond: 200_000 },
];

async function connections(trial: Trial): Promise<void> {
  await prepare(trial);
  const { baseUrl } = trial.site.sandbox;
  const proxy = await FaultProxy.to(baseUrl);
  trial.atEnd(() => proxy.close());
  trial.sourceUrl = proxy.through(baseUrl);
  trial.settings = { attemptTimeoutMs: 250, maxAttempts: 2 };
  const fault = trial.random.pick(connectionFaults);
  if (trial.random.chance(0.5)) proxy.set(fault);
  else setTimeout(() => proxy.set(fault), trial.random.between(0, 300));
  await endure(trial, ['paused', 'needs_attention'], async () => {
    // So short a time for an attempt is the fault's; a slow machine may need more for its work.
    trial.settings = {};
    proxy.set();
    proxy.resetAll();
  });
}

async function tokens(trial: Trial): Promise<void> {
  await prepare(trial);
  const { sandbox } = trial.site;
  const { fault, states } = trial.random.pick([
    { fault: { fault: 'token-expiry', uses: trial.random.between(0, 6) }, states: [] },
    { fault: { fault: 'error', status: 401 }, states: ['needs_attention'] },
    { fault: { fault: 'error', status: 401, everyNth: 4 }, states: ['needs_attention'] },
    { fault: { fault: 'error', status: 403, collection: 'users' }, states: ['needs_attention'] },
    { fault: { fault: 'error', status: 500, path: '/oauth2/token' }, states: ['paused'] },
    { fault: null, states: ['needs_attention'] },
  ]);
  if (fault === null) trial.settings = { clientSecret: 'no-longer-valid' };
  else await sandbox.fault(fault);
  await endure(trial, ['paused', ...states], async () => {
    trial.settings = {};
    await sandbox.noFaults();
  });
}

/** The secret changes at the source in the middle of a run. Where the next one is known already, nobody notices; otherwise it waits. */
async function rotated(trial: Trial): Promise<void> {
  await prepare(trial);
  const { sandbox } = trial.site;
  const secret = 'the-secret-of-tomorrow';
  const isKnown = trial.random.chance(0.5);
  if (isKnown) trial.settings = { clientSecretNext: secret };
  trial.atEnd(() => sandbox.control('rotate-secret', { secret: 'sandbox-secret' }));
  const pages = trial.random.between(1, 6);
  let read = 0;
  trial.wrapProvider = (provider) =>
    afterPages(provider, async () => {
      read += 1;
      if (read === pages) await sandbox.control('rotate-secret', { secret });
    });
  const runId = await trial.request();
  const run = await trial.until(runId, ({ state, finishedAt }) => finishedAt !== null || state === 'paused');
  if (isKnown) trial.expect(run.state !== 'paused', `with the next secret at hand the run is paused: ${run.reason}`);
  if (run.state === 'paused')
    trial.expect(Boolean(run.reason && run.nextStep), 'a run that waits says why, and what to do');
  trial.settings = { clientSecret: secret };
  await trial.completes(trial.settle(runId));
}

/** The same provider, that says when it has read a page. */
const afterPages = (provider: IRosterProvider, told: () => Promise<void>): IRosterProvider =>
  new Proxy(provider, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== 'readPage') return value.bind(target) as unknown;
      return async (...question: unknown[]) => {
        const page = (await value.apply(target, question)) as unknown;
        await told();
        return page;
      };
    },
  });
