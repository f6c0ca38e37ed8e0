/**
 * The integrations of all tenants that should be woken: they have nothing under way, and records of them are marked, or everything
 * of a real-time one has to be read again. One whose last run came to no good end is left alone for a while.
 */
import { finalRunStates } from '@rollcall/core';
import type { Database } from './database.js';

export interface IdleIntegration {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly marked: boolean;
}

/** Minutes after a failed or cancelled run in which nothing is asked for by itself. */
export const quietMinutes = 5;

/** `fullEverySeconds` is for integrations that do not say it themselves. */
export async function idleIntegrations(
  db: Database,
  fullEverySeconds: number,
  only: { tenantId: string; integrationId: string } | null = null,
): Promise<IdleIntegration[]> {
  return db.asSweeper(async (tx) => {
    const { rows } = await tx.query<IdleIntegration>(
      `SELECT * FROM (
         SELECT i.tenant_id AS "tenantId", i.id AS "integrationId",
           EXISTS (SELECT FROM dirty_records d WHERE d.tenant_id = i.tenant_id AND d.integration_id = i.id
             AND (c.strategy = 'real-time' OR d.trigger <> 'webhook')) AS marked,
           c.strategy = 'real-time' AND ${polled('')} AND NOT ${polled(`AND r.finished_at >
             now() - make_interval(secs => coalesce(c.full_every_seconds, $1))`)} AS due
         FROM integrations i
         JOIN integration_configurations c ON c.tenant_id = i.tenant_id AND c.integration_id = i.id AND c.version = i.configuration_version
         WHERE i.paused_at IS NULL AND ($4::uuid IS NULL OR (i.tenant_id = $4 AND i.id = $5))
           AND NOT EXISTS (SELECT FROM runs r WHERE r.tenant_id = i.tenant_id AND r.integration_id = i.id AND (r.state <> ALL ($2)
             OR (r.state IN ('failed', 'cancelled') AND r.finished_at > now() - make_interval(mins => $3))))) x
       WHERE marked OR due LIMIT 1000`,
      [fullEverySeconds, finalRunStates, quietMinutes, only?.tenantId ?? null, only?.integrationId ?? null],
    );
    return rows;
  });
}

const polled = (
  when: string,
): string => `EXISTS (SELECT FROM runs r WHERE r.tenant_id = i.tenant_id AND r.integration_id = i.id
  AND r.mode IN ('full', 'incremental') AND starts_with(r.state, 'completed') ${when})`;
