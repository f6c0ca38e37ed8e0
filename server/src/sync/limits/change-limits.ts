/** Sets and removes rules for limits. What makes no sense is refused in one sentence and changes nothing; what is done is audited. */
import { Fault, type EntityName, type Operation, type Season } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import type { Database } from '../../store/database.js';
import {
  findRule,
  insertRule,
  listRules,
  lockRules,
  removeRule,
  supersedeRule,
  type StoredRule,
} from '../../store/limit-rules.js';
import { findScope, reasonOf, type NamedScope } from './name-scope.js';

/** What is null is left open: the rule applies to all of them. */
export interface WantedRule extends NamedScope {
  readonly entity: EntityName | null;
  readonly operation: Operation | null;
  readonly season: Season | null;
  /** From 0 to 1. */
  readonly share: number;
  readonly rows: number;
}

interface Asked {
  readonly tenantId: string;
  readonly reason: string;
  readonly actor: string;
}

/** More would be a configuration that nobody understands. */
export const mostRules = 500;

/** Takes the place of a rule for the same scope. Throws Fault invalid_input or not_found. */
export async function setLimit(db: Database, wanted: Asked & { rule: WantedRule }): Promise<StoredRule> {
  const { tenantId, rule, actor } = wanted;
  const reason = reasonOf(wanted.reason, 'A limit');
  proveLimit(rule);
  return db.withTenant(tenantId, async (tx) => {
    const { integration, school, ...limit } = rule;
    const terms = { ...limit, ...(await findScope(tx, tenantId, { integration, school })) };
    await lockRules(tx, tenantId);
    const replaced = await supersedeRule(tx, tenantId, terms);
    if ((await listRules(tx, tenantId)).length >= mostRules)
      throw new Fault('invalid_input', `There are ${mostRules} limits already; remove some first.`);
    const id = await insertRule(tx, { ...terms, tenantId, reason, createdBy: actor });
    const of = terms.integrationId === null ? {} : { integrationId: terms.integrationId };
    await writeAudit(tx, {
      tenantId,
      ...of,
      action: 'limit.set',
      actor,
      details: { rule: id, replaced, ...terms, reason },
    });
    return findRule(tx, tenantId, id);
  });
}

/** Sets other numbers for the scope of a rule that holds. Throws Fault invalid_input or not_found. */
export async function changeLimit(
  db: Database,
  wanted: Asked & { id: string; share: number; rows: number },
): Promise<StoredRule> {
  const { tenantId, id, share, rows, reason, actor } = wanted;
  const old = await db.withTenant(tenantId, async (tx) => holding(await findRule(tx, tenantId, id)));
  const { integrationId: integration, schoolId: school, entity, operation, season } = old;
  return setLimit(db, {
    ...{ tenantId, reason, actor },
    rule: { integration, school, entity, operation, season, share, rows },
  });
}

/** What was removed. Throws Fault invalid_input or not_found. */
export async function removeLimit(db: Database, wanted: Asked & { id: string }): Promise<StoredRule> {
  const { tenantId, id, actor } = wanted;
  const reason = reasonOf(wanted.reason, 'Removing a limit');
  return db.withTenant(tenantId, async (tx) => {
    const rule = holding(await findRule(tx, tenantId, id));
    if (!(await removeRule(tx, tenantId, id))) return holding({ ...rule, removedAt: new Date(0) });
    const of = rule.integrationId === null ? {} : { integrationId: rule.integrationId };
    await writeAudit(tx, { tenantId, ...of, action: 'limit.removed', actor, details: { rule: id, reason } });
    return rule;
  });
}

function holding(rule: StoredRule): StoredRule {
  if (rule.removedAt !== null) throw new Fault('not_found', 'That limit was removed before.');
  return rule;
}

function proveLimit({ share, rows }: WantedRule): void {
  if (!(share >= 0 && share <= 1))
    throw new Fault('invalid_input', 'The share must be from 0 to 1, or from 0% to 100%.');
  if (!Number.isInteger(rows) || rows < 1 || rows > 2_147_483_647)
    throw new Fault('invalid_input', 'The rows must be a whole number from 1.');
}
