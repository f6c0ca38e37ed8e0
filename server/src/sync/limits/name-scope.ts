/** Finds what a person names of a scope: an integration by name or id, a school by id or by a name that only one has. */
import { Fault } from '@rollcall/core';
import type { Tx } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import { findSchools } from '../../store/schools.js';

export interface NamedScope {
  readonly integration: string | null;
  readonly school: string | null;
}

export interface FoundScope {
  readonly integrationId: string | null;
  readonly schoolId: string | null;
}

/** Throws Fault not_found, or invalid_input for a name that several have. */
export async function findScope(tx: Tx, tenantId: string, named: NamedScope): Promise<FoundScope> {
  const integration = named.integration === null ? null : await findIntegration(tx, tenantId, named.integration);
  return {
    integrationId: integration?.id ?? null,
    schoolId: named.school === null ? null : await findSchool(tx, tenantId, named.school),
  };
}

async function findSchool(tx: Tx, tenantId: string, nameOrId: string): Promise<string> {
  const found = await findSchools(tx, tenantId, nameOrId);
  if (found.length === 0) throw new Fault('not_found', `There is no school named ${nameOrId}.`);
  if (found.length > 1)
    throw new Fault('invalid_input', `Several schools are named ${nameOrId}; name one by its id: ${found.join(', ')}.`);
  return found[0]!;
}

export function reasonOf(text: string, what: string): string {
  const reason = text.trim();
  if (reason === '') throw new Fault('invalid_input', `${what} needs a reason.`);
  if (reason.length > 1000) throw new Fault('invalid_input', 'A reason has at most 1000 characters.');
  return reason;
}
