/** Tenants: the districts that share an installation. They are the one table that belongs to none of them. */
import { Fault } from '@rollcall/core';
import type { Database } from './database.js';

export interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** Finds the tenant of a name, or creates it. */
export async function ensureTenant(db: Database, name: string): Promise<Tenant> {
  return db.withoutTenant(async (tx) => {
    await tx.query('INSERT INTO tenants (name) VALUES ($1) ON CONFLICT (name) DO NOTHING', [name]);
    const { rows } = await tx.query<Tenant>('SELECT id, name FROM tenants WHERE name = $1', [name]);
    return rows[0]!;
  });
}

export async function listTenants(db: Database): Promise<Tenant[]> {
  return db.withoutTenant(async (tx) => {
    const { rows } = await tx.query<Tenant>('SELECT id, name FROM tenants ORDER BY id');
    return rows;
  });
}

/** The named tenant, or the only one. Throws Fault not_found or invalid_input with what to do. */
export async function chooseTenant(db: Database, name?: string): Promise<Tenant> {
  const tenants = await listTenants(db);
  if (name !== undefined) {
    const found = tenants.find((tenant) => tenant.name === name || tenant.id === name);
    if (!found) throw new Fault('not_found', `There is no tenant named ${name}.`);
    return found;
  }
  if (tenants.length === 1) return tenants[0]!;
  if (tenants.length === 0) throw new Fault('not_found', 'There is no tenant yet; add an integration first.');
  throw new Fault('invalid_input', `There are several tenants; name one of ${tenants.map((t) => t.name).join(', ')}.`);
}
