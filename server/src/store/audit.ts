/** The audit trail of integrations: what happened, in which run, by whom. Rows are only ever added. */
import type { EntityName } from '@rollcall/core';
import type { Tx } from './database.js';

export interface AuditEntry {
  readonly tenantId: string;
  readonly integrationId?: string;
  readonly runId?: string;
  readonly entity?: EntityName;
  /** noun.verb-past, for example `chunk.applied`. */
  readonly action: string;
  readonly actor?: string;
  /** Counts, digests and ids; never a person's values. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function writeAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.query(
    `INSERT INTO integration_audit_logs (tenant_id, integration_id, run_id, entity, action, actor, details)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      entry.tenantId,
      entry.integrationId ?? null,
      entry.runId ?? null,
      entry.entity ?? null,
      entry.action,
      entry.actor ?? 'system',
      entry.details ?? {},
    ],
  );
}
