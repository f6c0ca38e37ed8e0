/** Two runs of one integration that exist at the same time, and many who ask at once, lead to one effect: the claim is the last wall. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scenariosOf } from '../scenarios/catalogue.js';
import type { InnerScenario } from '../scenarios/scenario.js';
import { Lane } from '../world/lane.js';
import { Postgres } from '../world/postgres.js';
import { InnerStage } from './inner-stage.js';

let stage: InnerStage;
let postgres: Postgres;

beforeAll(async () => {
  postgres = await Postgres.start();
  const options = { name: 'at_once', postgres, backends: ['postgres'], students: 12, seed: 7 } as const;
  stage = new InnerStage(await Lane.open(options), 'postgres');
});
afterAll(async () => {
  await stage.close();
  await postgres.stop();
});

describe('at once', () => {
  it.each(scenariosOf('F36').flatMap((scenario) => [3, 4].map((seed) => [scenario.fault, seed, scenario] as const)))(
    '%s, seed %i, breaks no promise',
    async (_fault, seed, scenario) => {
      expect(await stage.play(scenario as InnerScenario, seed)).toEqual([]);
    },
  );
});
