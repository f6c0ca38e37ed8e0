/** Finds organisations by what a person calls them, and the sessions that a calendar can be made from. */
import type { AcademicSession } from '@rollcall/core';
import type { Tx } from './database.js';

/** The local ids of the active organisations with this name or id. */
export async function findSchools(tx: Tx, tenantId: string, nameOrId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT id FROM orgs WHERE tenant_id = $1 AND active AND (id::text = lower($2) OR lower(name) = lower($2)) ORDER BY id LIMIT 10`,
    [tenantId, nameOrId],
  );
  return rows.map((row) => row.id);
}

/** Each title with its days once. */
export async function activeSessions(
  tx: Tx,
  tenantId: string,
): Promise<Pick<AcademicSession, 'title' | 'type' | 'startDate' | 'endDate'>[]> {
  const { rows } = await tx.query<Pick<AcademicSession, 'title' | 'type' | 'startDate' | 'endDate'>>(
    `SELECT DISTINCT title, type, start_date AS "startDate", end_date AS "endDate" FROM academic_sessions
     WHERE tenant_id = $1 AND active ORDER BY 3, 4, 1, 2 LIMIT 1000`,
    [tenantId],
  );
  return rows;
}
