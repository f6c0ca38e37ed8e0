/** The oracle of the fault suite is no rubber stamp: whatever is broken on purpose behind the product's back turns it red, by its name. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InnerStage } from '../runner/inner-stage.js';
import { Lane } from '../world/lane.js';
import { Postgres } from '../world/postgres.js';
import type { Trial } from '../world/trial.js';
import type { Promised } from './violation.js';

let stage: InnerStage;
let postgres: Postgres;

beforeAll(async () => {
  postgres = await Postgres.start();
  const options = { name: 'oracle', postgres, backends: ['postgres'], students: 12, seed: 7 } as const;
  stage = new InnerStage(await Lane.open(options), 'postgres');
});
afterAll(async () => {
  await stage.close();
  await postgres.stop();
});

/** Two sound runs, and what is done to their traces afterwards. */
async function verdictAfter(plant: (trial: Trial) => Promise<unknown>, seed = 1): Promise<readonly Promised[]> {
  const play = async (trial: Trial) => {
    await trial.completes(trial.sync());
    await plant(trial);
  };
  const violations = await stage.play({ fault: 'none', play, endsItself: true }, seed);
  return [...new Set(violations.map(({ promise }) => promise))].toSorted();
}

const sql = (text: string) => (trial: Trial) => trial.lane.ask(text, [trial.site.tenantId]);
const oneOf = (table: string, where = 'true') =>
  `(SELECT ctid FROM ${table} WHERE tenant_id = $1 AND ${where} LIMIT 1)`;
const anAddress = (trial: Trial) => [...trial.site.universe.words].find((word) => word.includes('@'))!;

describe('the oracle', () => {
  it('finds nothing where nothing was broken', async () => {
    expect(await verdictAfter(async () => undefined)).toEqual([]);
  });

  const planted: readonly (readonly [string, Promised, (trial: Trial) => Promise<unknown>])[] = [
    ['a row that is gone', 'lost', sql(`DELETE FROM enrollments WHERE ctid = ${oneOf('enrollments')}`)],
    ['a value that is another', 'lost', sql(`UPDATE users SET given_name = 'Someone' WHERE ctid = ${oneOf('users')}`)],
    ['a role that is gone', 'lost', sql(`DELETE FROM user_roles WHERE ctid = ${oneOf('user_roles')}`)],
    [
      'a row that is there twice',
      'doubled',
      sql(`INSERT INTO orgs (tenant_id, id, name, type) SELECT tenant_id, uuidv7(), name, type FROM orgs
        WHERE ctid = ${oneOf('orgs')}`),
    ],
    [
      'an insert that happened twice',
      'doubled',
      sql(`INSERT INTO change_log (tenant_id, entity, local_id, operation, origin, run_id)
        SELECT tenant_id, entity, local_id, operation, origin, run_id FROM change_log WHERE ctid = ${oneOf('change_log')}`),
    ],
    [
      'a record that this source never showed',
      'foreign',
      sql(
        `UPDATE external_system_mappings SET external_id = 'from-elsewhere' WHERE ctid = ${oneOf('external_system_mappings')}`,
      ),
    ],
    [
      'a trace of a run of another tenant',
      'foreign',
      sql(`INSERT INTO integration_audit_logs (tenant_id, run_id, action, actor)
        SELECT $1, id, 'planted', 'test' FROM runs WHERE tenant_id <> $1 LIMIT 1`),
    ],
    ['a removal without proof', 'removed', sql(`UPDATE users SET active = false WHERE ctid = ${oneOf('users')}`)],
    [
      'a chunk without its audit row',
      'audit',
      sql(
        `DELETE FROM integration_audit_logs WHERE ctid = ${oneOf('integration_audit_logs', "action = 'chunk.applied'")}`,
      ),
    ],
    ['a chunk without its message', 'audit', sql(`DELETE FROM outbox WHERE ctid = ${oneOf('outbox')}`)],
    [
      'a run that stopped without a word',
      'stuck',
      sql(`UPDATE runs SET state = 'needs_attention', reason = NULL WHERE ctid = ${oneOf('runs')}`),
    ],
    [
      'a claim of a run that is over',
      'stuck',
      sql(`UPDATE run_entities SET active = true WHERE ctid = ${oneOf('run_entities')}`),
    ],
    ['attempts without end', 'unbounded', sql(`UPDATE runs SET attempt = 99 WHERE ctid = ${oneOf('runs')}`)],
    ['an address in a log', 'leak', async (trial) => trial.said.push(`{"who":"${anAddress(trial)}"}`)],
    [
      'an address in the audit trail',
      'leak',
      (trial) =>
        trial.lane.ask(
          `UPDATE integration_audit_logs SET details = jsonb_build_object('first', NULL, 'who', $2::text)
           WHERE ctid = ${oneOf('integration_audit_logs', "action = 'run.finished'")}`,
          [trial.site.tenantId, anAddress(trial)],
        ),
    ],
    [
      'an address in a reason',
      'leak',
      (trial) =>
        trial.lane.ask('UPDATE runs SET reason = $2 WHERE tenant_id = $1', [trial.site.tenantId, anAddress(trial)]),
    ],
  ];

  it.each(planted)('turns red for %s: %s', async (_, promise, plant) => {
    expect(await verdictAfter(plant)).toContain(promise);
  });

  it('turns red for what happens to the tenant beside', async () => {
    const plant = (trial: Trial) =>
      trial.lane.ask(`DELETE FROM orgs WHERE ctid = ${oneOf('orgs', 'parent_id IS NOT NULL')}`, [
        trial.bystander.tenantId,
      ]);
    expect(await verdictAfter(plant)).toContain('lost');
    await stage.renew();
  });

  it('takes a scenario that fails by itself for a violation, not for a pass', async () => {
    expect(await verdictAfter(() => Promise.reject(new Error('planted')))).toContain('unexpected');
  });
});
