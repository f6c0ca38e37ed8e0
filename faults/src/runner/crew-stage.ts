/** Trials with worker processes on one lane, one after another, each from its beginning to its verdict. */
import { mergeUniverse, readSource } from '../check/source-snapshot.js';
import { checkSaid, checkSite } from '../check/check-trial.js';
import { openRuns } from '../check/open-runs.js';
import type { Violation } from '../check/violation.js';
import type { CrewScenario } from '../scenarios/scenario.js';
import { Crew } from '../world/crew.js';
import { CrewTrial } from '../world/crew-trial.js';
import type { Backend, Lane } from '../world/lane.js';
import { Random } from './random.js';

export class CrewStage {
  readonly #crew: Crew;

  constructor(
    readonly lane: Lane,
    backend: Backend,
  ) {
    this.#crew = new Crew(lane, backend);
  }

  async play(scenario: CrewScenario, seed: number): Promise<{ violations: Violation[]; resumeSeconds: number[] }> {
    const trial = new CrewTrial(this.lane, this.#crew, new Random(seed), await this.lane.newSite());
    try {
      await this.#crew.fill();
      for (const site of [trial.site, trial.bystander]) {
        mergeUniverse(site.universe, await readSource(site.sandbox.baseUrl));
        await trial.configure(site);
      }
      const other = await trial.request(trial.bystander);
      await scenario.playWithCrew(trial);
      await this.#makeWhole(trial, other);
    } catch (error) {
      trial.violate('unexpected', (error as Error).stack ?? String(error));
    }
    await trial.close();
    await trial.site.sandbox.noFaults();
    return trial;
  }

  async close(): Promise<void> {
    await this.#crew.dismiss();
    await this.lane.close();
  }

  async #makeWhole(trial: CrewTrial, other: string): Promise<void> {
    const { lane, site, bystander } = trial;
    for (const worker of this.#crew.alive) worker.send('SIGCONT');
    await this.#crew.fill();
    await trial.completes(other, bystander);
    for (const runId of await openRuns(lane.ask, site.tenantId)) await trial.completes(runId);
    await trial.completes(await trial.request());
    const limits = { attempts: trial.attemptsAllowed, rssMb: 512 };
    trial.violations.push(
      ...(await checkSite(lane.ask, site, limits)),
      ...(await checkSite(lane.ask, bystander, limits)),
    );
    const said = {
      'the log': this.#crew.said(),
      Redis: this.#crew.backend === 'redis' ? await lane.redis.dump() : '',
    };
    trial.violations.push(...(await checkSaid(lane.ask, [site, bystander], said)));
  }
}
