/**
 * F34, F35: workers of two versions side by side, one told to stop in the middle of a run, and migrations that are started twice or
 * die half-way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { engineVersion } from '@rollcall/server/store/engine-version.js';
import { migrate } from '@rollcall/server/store/migrate.js';
import { provisionDatabase } from '@rollcall/server/store/provision.js';
import { withSingleConnection } from '@rollcall/server/store/single-connection.js';
import { prepare } from '../world/prepare.js';
import type { CrewTrial } from '../world/crew-trial.js';
import type { Trial } from '../world/trial.js';
import type { Scenario } from './scenario.js';

export const deploys: readonly Scenario[] = [
  { fault: 'F34', play: olderWorker },
  { fault: 'F34', playWithCrew: rollOver },
  { fault: 'F35', play: migrations },
];

/** What a newer engine was asked for or has begun, an older one leaves alone; a newer one takes it to its end. */
async function olderWorker(trial: Trial): Promise<void> {
  await prepare(trial);
  let runId: string | null = null;
  if (trial.random.chance(0.5)) {
    // Begun by the newer one, which dies in the middle and is rolled back.
    let dead = false;
    trial.failpoint = (here) => {
      if (dead || here !== 'page.committed') return;
      dead = true;
      throw trial.db.die();
    };
    runId = await trial.request();
    await trial.until(runId, () => dead);
    trial.engineVersion = engineVersion - 1;
    await trial.revive();
  } else {
    trial.engineVersion = engineVersion - 1;
    runId = await trial.request();
  }
  const before = await trial.find(runId);
  await sleep(trial.random.between(200, 500));
  const { attempt, state } = await trial.find(runId);
  trial.expect(attempt === before.attempt, `an older worker took up a run of a newer one, which is ${state}`);
  trial.engineVersion = undefined;
  await trial.completes(trial.settle(runId));
}

const longestStopMs = 20_000;

/** A new worker is there; the old one is told to stop, lets go within seconds, and the run goes on. */
async function rollOver(trial: CrewTrial): Promise<void> {
  await trial.site.sandbox.fault({ fault: 'delay', ms: trial.random.between(20, 60) });
  const runId = await trial.request();
  const old = await trial.holderOf(runId);
  await sleep(trial.random.between(0, 600));
  await trial.crew.add();
  const ms = await old.stop();
  const { code } = await old.ended;
  if (ms > longestStopMs) trial.violate('stuck', `a worker took ${Math.round(ms)} ms to stop`);
  trial.expect(code === 0, `a worker that was told to stop ended with code ${code}`);
  await trial.site.sandbox.noFaults();
  await trial.completes(runId);
}

/** Two nodes migrate at once, and the session of one is ended under way; in the end all is there, once. */
async function migrations(trial: Trial): Promise<void> {
  const { postgres, name } = trial.lane.options;
  const database = `faults_migrated_${name}`;
  await postgres.ask(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  const admin = new URL(trial.lane.adminUrl);
  const { owner } = await provisionDatabase(admin.href, database);
  trial.atEnd(() => postgres.ask(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
  const nodes = Array.from({ length: trial.random.between(2, 3) }, () =>
    migrate(owner).then(
      () => null,
      (error: unknown) => error,
    ),
  );
  if (trial.random.chance(0.6)) {
    await sleep(trial.random.between(0, 150));
    await postgres.ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND state <> 'idle' AND pid <> pg_backend_pid()`,
    );
  }
  await Promise.all(nodes);
  await migrate(owner);
  trial.expect(
    (await schemaOf(owner)) === (await schemaOf(trial.lane.base.urls.owner)),
    'the schema after a broken migration is another one',
  );
  await prepare(trial);
}

/** Every column, index and policy of the product's tables, as one text. */
async function schemaOf(url: string): Promise<string> {
  return withSingleConnection(url, async (client) => {
    const { rows } = await client.query<{ text: string }>(
      `SELECT string_agg(line, E'\\n' ORDER BY line COLLATE "C") AS text FROM (
         SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS line
           FROM information_schema.columns WHERE table_schema = 'public'
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
         UNION ALL SELECT concat_ws(' ', tablename, policyname, qual) FROM pg_policies WHERE schemaname = 'public'
         UNION ALL SELECT name FROM schema_migrations) x`,
    );
    return rows[0]!.text;
  });
}
