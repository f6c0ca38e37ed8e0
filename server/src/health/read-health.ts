/** How integrations fare, for the API and the command line: what is on record, asked of nobody else, and therefore at once. */
import type { Tx } from '../store/database.js';
import { openAlerts, type HealthAlert } from '../store/health-alerts.js';
import { healthStatus, type HealthStatusRow } from '../store/health-checks.js';
import { findIntegration, listIntegrations, type Integration } from '../store/integrations.js';
import { stoppedRun, type StoppedRun } from '../store/stopped-runs.js';
import { describeCondition, type Condition } from './describe-condition.js';

export interface IntegrationHealth {
  readonly integration: Integration;
  readonly condition: Condition;
  /** Null until it was looked at. */
  readonly score: number | null;
  readonly reasons: readonly string[];
  readonly check: HealthStatusRow;
  readonly alerts: readonly HealthAlert[];
  /** The run that has stopped before its end. */
  readonly run: StoppedRun | null;
}

/** Throws Fault not_found. */
export async function readHealth(tx: Tx, tenantId: string, nameOrId: string, now: Date): Promise<IntegrationHealth> {
  return healthOf(tx, await findIntegration(tx, tenantId, nameOrId), now);
}

export async function readAllHealth(tx: Tx, tenantId: string, now: Date): Promise<IntegrationHealth[]> {
  const found: IntegrationHealth[] = [];
  for (const integration of await listIntegrations(tx, tenantId)) found.push(await healthOf(tx, integration, now));
  return found;
}

async function healthOf(tx: Tx, integration: Integration, now: Date): Promise<IntegrationHealth> {
  const of = { tenantId: integration.tenantId, integrationId: integration.id };
  const check = await healthStatus(tx, of);
  const run = await stoppedRun(tx, of);
  const { status, code, reason, checkedAt, failingSince, nextCheckAt, lastCompleteAt } = check;
  const condition = describeCondition({
    ...{ now, name: integration.name, run, checkedAt, failingSince, nextCheckAt, lastCompleteAt },
    pausedBecause: integration.state === 'paused' ? (integration.reason ?? 'no reason given') : null,
    check: status === null ? null : { status, code, reason },
  });
  return {
    integration,
    condition,
    run,
    check,
    score: check.score,
    reasons: check.reasons,
    alerts: await openAlerts(tx, of),
  };
}
