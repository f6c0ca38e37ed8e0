/** One trial from its beginning to its verdict. A scenario that throws is a violation too: nothing is passed over. */
import type { QueueAddress } from '@rollcall/server/jobs/queue-backend.js';
import { FaultProxy } from '../proxy/fault-proxy.js';
import { mergeUniverse, readSource } from '../check/source-snapshot.js';
import { checkSaid, checkSite } from '../check/check-trial.js';
import type { Violation } from '../check/violation.js';
import { openRuns } from '../check/open-runs.js';
import { InnerWorker } from '../world/inner-worker.js';
import type { Backend, Lane } from '../world/lane.js';
import { Trial } from '../world/trial.js';
import type { InnerScenario } from '../scenarios/scenario.js';
import { Random } from './random.js';

/** A lane with its one worker, and the trial that it is at. */
export class InnerStage {
  #worker: InnerWorker | null = null;
  #trial: Trial | null = null;

  constructor(
    readonly lane: Lane,
    private readonly backend: Backend,
  ) {}

  async play(scenario: InnerScenario, seed: number): Promise<Violation[]> {
    const trial = new Trial(this.lane, this.backend, new Random(seed), await this.lane.newSite());
    this.#trial = trial;
    try {
      trial.worker = await (scenario.needsQueueProxy ? this.#proxied(trial) : this.#hired());
      const [source, beside] = await Promise.all(
        [trial.site, trial.bystander].map((s) => readSource(s.sandbox.baseUrl)),
      );
      mergeUniverse(trial.site.universe, source!);
      mergeUniverse(trial.bystander.universe, beside!);
      // Not each time: an unchanged tenant costs as much as the one that is put to the test.
      const other =
        trial.random.chance(0.5) || !trial.bystander.wasInStep ? await trial.request('full', trial.bystander) : null;
      await scenario.play(trial);
      await makeWhole(trial, other, scenario);
    } catch (error) {
      trial.violate('unexpected', (error as Error).stack ?? String(error));
    }
    await trial.heal().catch(() => undefined);
    if (!(await trial.worker.idle(10_000))) trial.violate('stuck', 'an attempt has not ended');
    if (scenario.needsQueueProxy) await this.#endProxied(trial);
    return trial.violations;
  }

  async renew(): Promise<void> {
    await this.#dismiss();
    await this.lane.renew();
  }

  async close(): Promise<void> {
    await this.#dismiss();
    await this.lane.close();
  }

  async #hired(): Promise<InnerWorker> {
    this.#worker ??= await this.#started(this.lane.queueAt(this.backend));
    return this.#worker;
  }

  #started(queueAt: QueueAddress): Promise<InnerWorker> {
    return InnerWorker.start(
      queueAt,
      () => this.#trial!.parts(),
      () => this.#trial?.nextQueueStrike() ?? null,
    );
  }

  /** Nobody else may listen meanwhile: a worker with a sound way to the queue would take all the jobs. */
  async #proxied(trial: Trial): Promise<InnerWorker> {
    await this.#dismiss();
    const { databaseUrl, redisUrl } = this.lane.queueAt(trial.backend);
    const proxy = await FaultProxy.to(redisUrl ?? databaseUrl);
    trial.queueProxy = proxy;
    return this.#started(
      redisUrl ? { databaseUrl, redisUrl: proxy.through(redisUrl) } : { databaseUrl: proxy.through(databaseUrl) },
    );
  }

  async #endProxied(trial: Trial): Promise<void> {
    await trial.worker.stop();
    await trial.queueProxy?.close();
  }

  async #dismiss(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = null;
  }
}

/** The fault is over: whatever is open goes on by itself, the next run ends well, and everything is as the source has it. */
async function makeWhole(trial: Trial, other: string | null, scenario: InnerScenario): Promise<void> {
  const { lane, site, bystander } = trial;
  await trial.heal();
  for (const runId of await openRuns(lane.ask, site.tenantId)) await trial.settle(runId);
  if (other !== null)
    bystander.wasInStep = (await trial.completes(trial.settle(other, bystander))).state === 'completed';
  if (scenario.endsItself !== true) await trial.completes(trial.sync());
  const limits = { attempts: trial.attemptsAllowed, rssMb: null };
  trial.violations.push(...(await checkSite(lane.ask, site, limits)));
  trial.violations.push(...(await checkSite(lane.ask, bystander, limits)).map(besides));
  const said = { 'the log': trial.said.join('\n'), Redis: trial.backend === 'redis' ? await lane.redis.dump() : '' };
  trial.violations.push(...(await checkSaid(lane.ask, [site, bystander], said)));
}

const besides = ({ promise, what }: Violation): Violation => ({ promise, what: `the tenant beside: ${what}` });
