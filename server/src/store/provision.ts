/**
 * The roles and the database: an owner for migrations, and roles for the API, the worker and the sweeper that own no roster
 * table and cannot bypass row-level security. May be repeated; passwords follow from the administrator's.
 */
import { createHmac } from 'node:crypto';
import pg from 'pg';
import { withSingleConnection } from './single-connection.js';

export interface DatabaseUrls {
  /** Owns the tables; used by migrations only. */
  readonly owner: string;
  readonly app: string;
  readonly worker: string;
}

const roles = {
  rollcall_owner: 'LOGIN',
  rollcall_app: 'LOGIN',
  rollcall_worker: 'LOGIN',
  rollcall_sweeper: 'NOLOGIN',
} as const;

/** `adminUrl` is of a role that may create roles and databases. The named database is created when it is missing. */
export async function provisionDatabase(adminUrl: string, database = 'rollcall'): Promise<DatabaseUrls> {
  await withSingleConnection(adminUrl, async (admin) => {
    await admin.query("SELECT pg_advisory_lock(hashtext('rollcall provision'))");
    for (const [role, login] of Object.entries(roles)) await provisionRole(admin, adminUrl, role, login);
    await admin.query('GRANT rollcall_app TO rollcall_worker');
    await admin.query('GRANT rollcall_sweeper TO rollcall_worker WITH INHERIT FALSE, SET TRUE');
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER rollcall_owner`);
  });
  const url = (role: string) => urlFor(adminUrl, role, database);
  return { owner: url('rollcall_owner'), app: url('rollcall_app'), worker: url('rollcall_worker') };
}

async function provisionRole(admin: pg.Client, adminUrl: string, role: string, login: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const flags = `NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE ${login}`;
  const password = login === 'LOGIN' ? `PASSWORD ${pg.escapeLiteral(passwordOf(adminUrl, role))}` : '';
  await admin.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE ${role} ${flags} ${password}`);
}

const passwordOf = (adminUrl: string, role: string): string =>
  createHmac('sha256', decodeURIComponent(new URL(adminUrl).password))
    .update(role)
    .digest('hex');

function urlFor(adminUrl: string, role: string, database: string): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = passwordOf(adminUrl, role);
  url.pathname = `/${database}`;
  return url.href;
}
