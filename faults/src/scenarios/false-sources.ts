/**
 * F29, F30: somebody else answers for the source, or its name leads nowhere or into our own network. Nobody is believed who cannot prove
 * who they are, nothing is removed, and the run says why it waits.
 */
import type { LookupFunction } from 'node:net';
import { falseProofs, Impostor } from '../wrap/impostor.js';
import { prepare } from '../world/prepare.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';
import { activeRows } from './unsteady-lists.js';

export const falseSources: readonly InnerScenario[] = [
  { fault: 'F29', play: impostor },
  { fault: 'F30', play: names },
];

async function impostor(trial: Trial): Promise<void> {
  await prepare(trial);
  const before = await activeRows(trial);
  const proof = trial.random.pick(falseProofs);
  const source = await Impostor.open(proof);
  trial.atEnd(() => source.close());
  trial.sourceUrl = source.baseUrl;
  const { state, reason } = await stopsInWords(trial, ['paused', 'needs_attention'], `a proof that is ${proof}`);
  // A handshake that fails before any certificate was shown looks like a line that is cut.
  if (state === 'paused' && proof !== 'an old TLS')
    trial.expect(
      reason?.includes('certificate') === true,
      `the run does not say that the proof was ${proof}: ${reason}`,
    );
  trial.expect(source.believed === 0, `a source whose proof is ${proof} was believed ${source.believed} times`);
  await nothingWent(trial, before);
}

type Resolve = (
  name: string,
  options: object,
  answer: (error: Error | null, found: { address: string; family: number }[]) => void,
) => void;

const failing =
  (code: string): Resolve =>
  (_name, _options, answer) =>
    answer(Object.assign(new Error(code), { code }), []);
const leading =
  (...addresses: readonly string[]): Resolve =>
  (_name, _options, answer) =>
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

/** What the resolver says, and the states in which the run may rest. An address of ours is a wrong setting, and the run has failed. */
const answers: Readonly<Record<string, readonly [Resolve, readonly string[]]>> = {
  'no such name': [failing('ENOTFOUND'), ['paused', 'needs_attention']],
  'a broken resolver': [failing('ESERVFAIL'), ['paused', 'needs_attention']],
  'no answer at all': [() => undefined, ['paused', 'needs_attention']],
  'this machine': [leading('127.0.0.1'), ['failed']],
  'a private network': [leading('10.1.2.3'), ['failed']],
  'the keeper of the cloud’s secrets': [leading('169.254.169.254'), ['failed']],
  'a public address and a private one': [leading('203.0.112.9', '192.168.1.7'), ['failed']],
};

/** A name first leads nowhere, and the next time into our network. */
function changingItsMind(): Resolve {
  let asked = 0;
  return (...question) => (asked++ % 2 === 0 ? failing('ENOTFOUND') : leading('127.0.0.1', '::1'))(...question);
}

async function names(trial: Trial): Promise<void> {
  await prepare(trial);
  const before = await activeRows(trial);
  const which = trial.random.pick([...Object.keys(answers), 'a change of mind']);
  const [resolve, states] = answers[which] ?? [changingItsMind(), ['paused', 'needs_attention', 'failed']];
  trial.egress = { lookup: resolve as unknown as LookupFunction };
  trial.sourceUrl = 'https://school.example:8443';
  await stopsInWords(trial, states, `a resolver that says ${which}`);
  await nothingWent(trial, before);
}

type Run = Awaited<ReturnType<Trial['find']>>;

async function stopsInWords(trial: Trial, states: readonly string[], by: string): Promise<Run> {
  const runId = await trial.request();
  const rests = ['paused', 'needs_attention', 'failed'];
  const run = await trial.until(runId, ({ state, attempt }) => rests.includes(state) || attempt > 2);
  trial.expect(states.includes(run.state) || run.attempt > 2, `under ${by} the run is ${run.state}: ${run.reason}`);
  if (rests.includes(run.state))
    trial.expect(Boolean(run.reason && run.nextStep) && run.reason !== 'internal error', `${run.state} without words`);
  return run;
}

async function nothingWent(trial: Trial, before: ReadonlyMap<string, number>): Promise<void> {
  for (const [name, rows] of await activeRows(trial))
    if (rows < before.get(name)!)
      trial.violate('removed', `${before.get(name)! - rows} ${name} went for a false source`);
}
