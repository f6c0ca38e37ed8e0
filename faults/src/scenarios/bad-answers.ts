/** F18, F19, F26, F27: answers that are no pages, rows that are hard to hold, huge, or wrong. The others go on. */
import { ManglingSource, spoiltAnswers, spoiltRows, type Spoiler } from '../wrap/mangling-source.js';
import { prepare } from '../world/prepare.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';
import { activeRows } from './unsteady-lists.js';

export const badAnswers: readonly InnerScenario[] = [
  { fault: 'F18', play: faultyAnswers },
  { fault: 'F18', play: (trial) => mangled(trial, spoiltAnswers, ['paused', 'needs_attention']) },
  { fault: 'F19', play: (trial) => mangled(trial, spoiltRows, ['needs_attention']) },
  { fault: 'F26', play: huge },
  { fault: 'F27', play: poison },
];

const collections = ['orgs', 'academicSessions', 'courses', 'users', 'classes', 'enrollments'] as const;

/** A first load without its orgs is held back as a whole later, when they come; that is the guard's to prove. */
const early: readonly string[] = ['orgs', 'academicSessions', 'courses'];
const notFirstWithout = (trial: Trial, entity: string) => prepare(trial, early.includes(entity) ? false : undefined);

async function faultyAnswers(trial: Trial): Promise<void> {
  const collection = trial.random.pick(collections);
  await notFirstWithout(trial, collection);
  const before = await activeRows(trial);
  const { sandbox } = trial.site;
  const fault = trial.random.pick(['truncate', 'html', 'empty-body', 'close', 'wrong-key']);
  const often = trial.random.pick([{ times: 1 }, { everyNth: 5 }, {}]);
  await sandbox.fault({ fault, collection, ...often });
  const run = await trial.settle(await trial.request());
  await stopsWithReason(trial, run, ['paused', 'needs_attention']);
  await nothingWent(trial, before);
}

async function mangled(trial: Trial, spoilers: Record<string, Spoiler>, stops: readonly string[]): Promise<void> {
  const collection = trial.random.pick(collections);
  await notFirstWithout(trial, collection);
  const before = await activeRows(trial);
  const name = trial.random.pick(Object.keys(spoilers));
  const times = trial.random.pick([1, 2, Infinity]);
  const source = await ManglingSource.open(trial.site.sandbox.baseUrl, `/${collection}/`, spoilers[name]!, times);
  trial.atEnd(() => source.close());
  trial.sourceUrl = source.baseUrl;
  trial.settings = { gzip: true, maxBodyBytes: 8 * 2 ** 20 };
  const run = await trial.settle(await trial.request());
  trial.expect(source.spoilt > 0, `nothing was spoilt by ${name}`);
  await stopsWithReason(trial, run, stops, name);
  await nothingWent(trial, before);
}

type Run = Awaited<ReturnType<Trial['settle']>>;

async function stopsWithReason(trial: Trial, run: Run, stops: readonly string[], by = 'the fault'): Promise<void> {
  const { state, reason, nextStep } = run;
  if (!state.startsWith('completed'))
    trial.expect(stops.includes(state) && Boolean(reason && nextStep), `under ${by} the run is ${state}: ${reason}`);
  const crashes = trial.said.filter((line) => line.includes('attempt.crashed'));
  trial.expect(crashes.length === 0, `under ${by} ${crashes.length} attempts crashed: ${crashes[0]}`);
}

async function nothingWent(trial: Trial, before: ReadonlyMap<string, number>): Promise<void> {
  for (const [name, rows] of await activeRows(trial))
    if (rows < before.get(name)! - (name === 'enrollments' ? trial.site.mayBeGone.size : 0))
      trial.violate('removed', `${before.get(name)! - rows} ${name} went under bad answers`);
}

/** Rows of two megabytes: they are kept out, the others go on, and memory stays bounded. */
async function huge(trial: Trial): Promise<void> {
  const entity = trial.random.pick(['users', 'classes', 'courses'] as const);
  await notFirstWithout(trial, entity);
  const { sandbox } = trial.site;
  await sandbox.control('bad-records', { entity, kind: 'huge-field', count: trial.random.between(1, 6) });
  trial.settings = { attemptTimeoutMs: 10_000 };
  const run = await trial.completes(trial.sync());
  trial.expect(run.state === 'completed_with_rejects', `with huge rows the run is ${run.state}`);
  await sandbox.control('bad-records', undefined, 'DELETE');
}

const poisons = [
  ['users', 'missing-name'],
  ['users', 'nul'],
  ['users', 'bad-role'],
  ['users', 'wrong-types'],
  ['users', 'cycle'],
  ['users', 'dangling-reference'],
  ['classes', 'missing-name'],
  ['classes', 'dangling-reference'],
  ['enrollments', 'bad-date'],
  ['enrollments', 'bad-role'],
  ['enrollments', 'dangling-reference'],
  ['academicSessions', 'bad-date'],
  ['orgs', 'cycle'],
  ['users', 'unreadable-key'],
] as const;

async function poison(trial: Trial): Promise<void> {
  const [entity, kind] = trial.random.pick(poisons);
  await notFirstWithout(trial, entity);
  const before = await activeRows(trial);
  const { sandbox } = trial.site;
  await sandbox.control('bad-records', { entity, kind, count: trial.random.between(1, 3) });
  const run = await trial.completes(trial.sync());
  await stopsWithReason(trial, run, [], kind);
  await nothingWent(trial, before);
  await sandbox.control('bad-records', undefined, 'DELETE');
}
