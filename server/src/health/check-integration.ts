/**
 * Looks at one integration: its provider's own cheap probe (a sign-in and one record), what the last calls say against what is usual,
 * and the score that follows. All of it is written in one transaction; the probe itself holds none.
 */
import type { Clock, HealthCheck, Log, Metrics } from '@rollcall/connectors';
import { callCounts } from '../store/call-stats.js';
import type { Database, Tx } from '../store/database.js';
import { closeAlert, openAlerts, raiseAlert, type Deviation } from '../store/health-alerts.js';
import { checksSince, healthStatus, keepCheck, keepScore, type KeptCheck } from '../store/health-checks.js';
import { findIntegration, type Integration } from '../store/integrations.js';
import { figuresOf } from './endpoint-figures.js';
import { findDeviations } from './find-deviations.js';
import { grainStart } from './grains.js';
import { healthScore, type HealthScore } from './score.js';
import { spanInWords } from './words.js';

export interface CheckParts {
  readonly db: Database;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Asks the integration's provider. Must not throw. */
  readonly probe: (integration: Integration) => Promise<HealthCheck>;
}

export type CheckedIntegration = KeptCheck & HealthScore;

const minute = 60_000;
const recentMs = 15 * minute;
const pastMs = 14 * 24 * 60 * minute;
const hourMs = 60 * minute;
const dayMs = 24 * hourMs;
/** One failed look may be chance; so long is not. */
const unreachableAfterMs = 2 * minute;
/** A deviation that no calls show any more is over. */
const forgottenAfterMs = hourMs;

/** Throws Fault not_found. */
export async function checkIntegration(
  parts: CheckParts,
  wanted: { tenantId: string; integration: string; trigger: KeptCheck['trigger'] },
): Promise<CheckedIntegration> {
  const { db, clock, log, metrics } = parts;
  const { tenantId, trigger } = wanted;
  const integration = await db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, wanted.integration));
  const { status, checkedAt, durationMs, reason, detail } = await parts.probe(integration);
  metrics.count('rollcall_health_check_total', { provider: integration.kind, outcome: status });
  metrics.time('rollcall_health_check_seconds', durationMs, { provider: integration.kind });
  const code = typeof detail['code'] === 'string' ? detail['code'] : null;
  const check: KeptCheck = {
    trigger,
    status,
    code,
    reason,
    checkedAt: new Date(checkedAt),
    durationMs: Math.round(durationMs),
  };
  const of = { tenantId, integrationId: integration.id };
  const found = await db.withTenant(tenantId, async (tx) => {
    await keepCheck(tx, of, check);
    const moved = await settleAlerts(tx, of, check, clock.now());
    const score = await scoreNow(tx, of, integration, new Date(clock.now()));
    await keepScore(tx, of, score.score, score.reasons);
    return { ...score, moved };
  });
  for (const { kind, outcome } of found.moved) {
    metrics.count('rollcall_health_alert_total', { reason: kind, outcome });
    log.warn(outcome === 'opened' ? 'health.alert-opened' : 'health.alert-closed', {
      kind,
      integration: integration.id,
    });
  }
  return { ...check, score: found.score, reasons: found.reasons };
}

type Key = { tenantId: string; integrationId: string };
type Moved = { readonly kind: string; readonly outcome: 'opened' | 'closed' };

async function settleAlerts(tx: Tx, of: Key, check: KeptCheck, nowMs: number): Promise<Moved[]> {
  const now = new Date(nowMs);
  const recent = await callCounts(tx, {
    ...of,
    grain: '5m',
    from: new Date(nowMs - recentMs),
    to: new Date(nowMs + 1),
  });
  const hour = grainStart('hour', nowMs);
  const past = await callCounts(tx, { ...of, grain: 'hour', from: new Date(nowMs - pastMs), to: hour });
  const found = [
    ...unreachable(check, (await healthStatus(tx, of)).failingSince, nowMs),
    ...findDeviations(recent, past, nowMs),
  ];
  const moved: Moved[] = [];
  for (const one of found) if (await raiseAlert(tx, of, one, now)) moved.push({ kind: one.kind, outcome: 'opened' });
  for (const alert of await openAlerts(tx, of)) {
    const goesOn = found.some(({ kind, operation }) => kind === alert.kind && operation === alert.operation);
    const isUnjudged = alert.kind !== 'unreachable' && !recent.some(({ operation }) => operation === alert.operation);
    if (goesOn || (isUnjudged && nowMs - alert.seenAt.getTime() < forgottenAfterMs)) continue;
    await closeAlert(tx, of, alert.id, now);
    moved.push({ kind: alert.kind, outcome: 'closed' });
  }
  return moved;
}

function unreachable({ status, reason }: KeptCheck, failingSince: Date | null, nowMs: number): Deviation[] {
  if (status !== 'unhealthy' || failingSince === null) return [];
  const observed = nowMs - failingSince.getTime();
  if (observed < unreachableAfterMs) return [];
  const sentence = `For ${spanInWords(observed)} no check has found the source well: ${reason ?? 'the check failed'}`;
  return [{ kind: 'unreachable', operation: '', observed, usual: null, sentence }];
}

async function scoreNow(tx: Tx, of: Key, integration: Integration, now: Date): Promise<HealthScore> {
  const since = (ms: number) => new Date(now.getTime() - ms);
  const status = await healthStatus(tx, of);
  const checks = await checksSince(tx, of, since(dayMs));
  const lastHour = figuresOf(
    await callCounts(tx, { ...of, grain: '5m', from: since(hourMs), to: new Date(now.getTime() + 1) }),
  );
  const alerts = await openAlerts(tx, of);
  return healthScore({
    now,
    check: status.status === null ? null : { status: status.status, code: status.code },
    failingSince: status.failingSince,
    lastHour,
    lastDay: { checks: checks.length, answered: checks.filter((check) => check.status !== 'unhealthy').length },
    deviations: alerts.filter(({ kind }) => kind !== 'unreachable').map(({ sentence }) => sentence),
    needsAttention: integration.state === 'needs_attention',
    lastCompleteAt: status.lastCompleteAt,
  });
}
