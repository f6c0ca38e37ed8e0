/**
 * Changes what a client is called and may see. It holds from the next request on: for tokens that are out, in passes that are under
 * way, and without a new secret.
 */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { updateClient, type StoredClient } from '../store/provider/clients.js';
import { lockActive, provenName, provenScopes, provenWithheld, schoolsNamed, shownClient } from './change-clients.js';
import type { AskedClient, ShownClient } from './change-clients.js';
import type { Scope } from './operations.js';

export interface WantedChange extends AskedClient {
  readonly name?: string | undefined;
  readonly scopes?: readonly Scope[] | undefined;
  /** By name or local id; null for all of the tenant's. */
  readonly schools?: readonly string[] | null | undefined;
  readonly withheld?: readonly string[] | undefined;
}

/** What is not named stays. Throws Fault invalid_input, not_found or wrong_state. */
export async function changeClient(db: Database, wanted: WantedChange): Promise<ShownClient> {
  const { tenantId, actor, schools } = wanted;
  const given = {
    ...(wanted.name !== undefined && { name: provenName(wanted.name) }),
    ...(wanted.scopes !== undefined && { scopes: provenScopes(wanted.scopes) }),
    ...(wanted.withheld !== undefined && { withheld: provenWithheld(wanted.withheld) }),
  };
  if (Object.keys(given).length === 0 && schools === undefined)
    throw new Fault('invalid_input', 'Say what is to change: the name, scopes, schools or withheld fields.');
  return db.withTenant(tenantId, async (tx) => {
    const before = await lockActive(tx, wanted);
    const seen = schools !== undefined && {
      everySchool: schools === null,
      schoolIds: schools === null ? [] : await schoolsNamed(tx, tenantId, schools),
    };
    const after = { ...before, ...given, ...seen };
    const changed = (['name', 'scopes', 'withheld'] as const).filter((term) => differ(before[term], after[term]));
    const fields = [...changed, ...(differ(schoolsOf(before), schoolsOf(after)) ? ['schools'] : [])];
    if (fields.length === 0) return shownClient(before);
    await updateClient(tx, after);
    const details = {
      ...{ client: after.id, changed: fields, name: after.name, scopes: after.scopes, withheld: after.withheld },
      schools: countOf(after),
      schoolsBefore: countOf(before),
      // Of those that are named one by one.
      schoolsAdded: after.schoolIds.filter((id) => !before.everySchool && !before.schoolIds.includes(id)).length,
    };
    await writeAudit(tx, { tenantId, action: 'client.changed', actor, details });
    return shownClient(after);
  });
}

type SeenSchools = Pick<StoredClient, 'everySchool' | 'schoolIds'>;
const schoolsOf = ({ everySchool, schoolIds }: SeenSchools) => (everySchool ? ['all'] : schoolIds.toSorted());
const countOf = ({ everySchool, schoolIds }: SeenSchools) => (everySchool ? 'all' : schoolIds.length);

const differ = (a: string | readonly string[], b: string | readonly string[]): boolean =>
  JSON.stringify(a) !== JSON.stringify(b);
