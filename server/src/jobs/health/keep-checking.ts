/**
 * The checker of a worker: looks at each integration about once a minute, at moments of its own, writes down what calls were counted,
 * and tidies up. Any number of workers may run one: each look is taken by one of them. Paused integrations are left alone.
 */
import type { Clock, Random } from '@rollcall/connectors';
import { checkIntegration, type CheckParts } from '../../health/check-integration.js';
import type { CallTally } from '../../health/call-tally.js';
import { tidyHealth } from '../../health/tidy-health.js';
import { claimCheck, dueForCheck } from '../../store/health-checks.js';
import type { CacheKeeper } from '../../sync/look-after-caches.js';
import { isDatabaseAway } from '../database-away.js';

export const checkEveryMs = 60_000;
const lookEveryMs = 5_000;
const tidyEveryMs = 5 * 60_000;
/** Looks at the same time: a source that hangs must not keep the others waiting. */
const atOnce = 8;

export interface CheckerParts extends CheckParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly calls: CallTally;
  readonly caches: CacheKeeper;
}

/** Checks until the signal aborts. A database that is away is waited for. */
export async function keepChecking(parts: CheckerParts, stop: AbortSignal): Promise<void> {
  const { clock, log } = parts;
  let tidiedAt = clock.now();
  const ended = new Promise<void>((done) => stop.addEventListener('abort', () => done(), { once: true }));
  while (!stop.aborted) {
    try {
      await parts.calls.flush(parts.db);
      await parts.caches.look(parts.db);
      // A source that hangs must not keep the worker from ending.
      await Promise.race([checkDue(parts), ended]);
      if (clock.now() - tidiedAt >= tidyEveryMs) {
        tidiedAt = clock.now();
        await tidyHealth(parts.db, tidiedAt);
      }
    } catch (error) {
      // The sweeper says that the database left, and when it returned.
      if (!isDatabaseAway(error)) log.warn('health.not-looked-at', { errorName: (error as Error).name });
    }
    await clock.sleep(lookEveryMs, stop).catch(() => undefined);
  }
}

/** The number of integrations that were looked at. One that is new gets a moment of its own within the next minute first. */
export async function checkDue(parts: CheckerParts): Promise<number> {
  const { db, clock, log, random } = parts;
  const due = [...(await dueForCheck(db, new Date(clock.now())))];
  let looked = 0;
  const work = async () => {
    for (let next = due.shift(); next !== undefined; next = due.shift()) {
      const of = next;
      const now = clock.now();
      const nextAt = new Date(now + checkEveryMs * (0.8 + 0.4 * random()));
      if (!(await db.withTenant(of.tenantId, (tx) => claimCheck(tx, of, new Date(now), nextAt)))) continue;
      if (of.isNew) continue;
      looked += 1;
      await checkIntegration(parts, {
        tenantId: of.tenantId,
        integration: of.integrationId,
        trigger: 'schedule',
      }).catch((error: Error) => {
        if (isDatabaseAway(error)) throw error;
        log.warn('health.check-failed', { integration: of.integrationId, errorName: error.name });
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return looked;
}
