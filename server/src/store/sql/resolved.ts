/**
 * Staged rows with their references resolved to local ids. Planning and applying both read the stage through this, so that
 * what is compared is exactly what is written.
 */
import type { EntityName, Field } from '@rollcall/core';
import { stageColumn } from '../stage.js';
import { fieldsOfKind, known, plannedReferences, type Moment, type SqlScope } from './scope.js';

export interface Resolved {
  /** Common table expressions, beginning with `picked`; without WITH. */
  readonly ctes: string;
  /** From-clause over `picked p` with what resolves its references. */
  readonly from: string;
  /** SQL of a field's value in the hub's terms. */
  readonly value: (field: Field) => string;
  /** True for a row none of whose references is left empty for want of a target. */
  readonly whole: string;
}

/**
 * `picked` selects rows with the stage's columns and `local_id`; with `planned` also with the plan's `refs`, so that references
 * to other entities need no look-up.
 */
export function resolved(scope: SqlScope, picked: string, moment: Moment, planned = false): Resolved {
  const { entity } = scope;
  const ready = planned ? plannedReferences(entity) : [];
  const single = fieldsOfKind(entity, 'reference').filter((field) => !ready.includes(field));
  const several = fieldsOfKind(entity, 'references');
  const roles = fieldsOfKind(entity, 'roles');
  const alias = (field: Field) => `r_${field.column}`;
  const wanted = wantedTargets(scope, [...single, ...several], moment);
  // What is put together for all rows is put together once, whatever the planner takes a fresh run's rows for.
  const ctes = [`picked AS MATERIALIZED (${picked})`];
  for (const target of new Set([...single, ...several, ...roles].map((f) => f.target!)))
    ctes.push(`known_${entityAlias(target)} AS NOT MATERIALIZED ${wanted(target)}`);
  for (const field of several)
    ctes.push(`${alias(field)} AS MATERIALIZED (SELECT p.local_id, array_agg(k.local_id ORDER BY k.local_id) AS ids
      FROM (SELECT p.local_id, x.external_id FROM picked p CROSS JOIN unnest(p.${stageColumn(field)}) x(external_id) OFFSET 0) p
      JOIN known_${entityAlias(field.target!)} k ON k.external_id = p.external_id GROUP BY 1)`);
  for (const field of roles)
    ctes.push(`${alias(field)} AS MATERIALIZED (SELECT p.local_id, jsonb_agg(jsonb_build_object('roleType', p.role->'roleType',
        'role', p.role->'role', 'org', k.local_id, 'beginDate', p.role->'beginDate', 'endDate', p.role->'endDate')
        ORDER BY p.position) AS list
      FROM (${unfolded('picked', field)}) p
      JOIN known_${entityAlias(field.target!)} k ON k.external_id = p.org GROUP BY 1)`);
  const joins = [
    ...single.map(
      (f) => `LEFT JOIN known_${entityAlias(f.target!)} ${alias(f)} ON ${alias(f)}.external_id = p.${stageColumn(f)}`,
    ),
    ...[...several, ...roles].map((f) => `LEFT JOIN ${alias(f)} ON ${alias(f)}.local_id = p.local_id`),
  ];
  const value = (field: Field): string => {
    if (ready.includes(field)) return `p.refs[${ready.indexOf(field) + 1}]`;
    if (field.kind === 'reference') return `${alias(field)}.local_id`;
    if (field.kind === 'references') return `coalesce(${alias(field)}.ids, '{}')`;
    if (field.kind === 'roles') return `coalesce(${alias(field)}.list, '[]')`;
    return `p.${stageColumn(field)}`;
  };
  const whole = [
    ...single.map((f) => `(p.${stageColumn(f)} IS NULL OR ${value(f)} IS NOT NULL)`),
    ...several.map((f) => `cardinality(p.${stageColumn(f)}) = cardinality(${value(f)})`),
  ];
  return {
    ctes: ctes.join(',\n'),
    from: ['picked p', ...joins].join('\n'),
    value,
    whole: whole.length > 0 ? whole.join(' AND ') : 'true',
  };
}

/**
 * Each role of the rows of `from` as a row of its own. OFFSET 0 keeps the unfolding apart from the join that follows: otherwise
 * every role is compared with every organisation.
 */
export const unfolded = (from: string, field: Field): string =>
  `SELECT p.local_id, x.role, x.role->>'org' AS org, x.position
   FROM ${from} p CROSS JOIN jsonb_array_elements(p.${stageColumn(field)}) WITH ORDINALITY x(role, position) OFFSET 0`;

/** SQL of what a reference may point to. Of the entity's own records, which are many, only those that are referred to. */
function wantedTargets(scope: SqlScope, fields: readonly Field[], moment: Moment): (target: EntityName) => string {
  const own = fields.filter((field) => field.target === scope.entity.name);
  const referred = own.map((f) =>
    f.kind === 'reference'
      ? `SELECT p.${stageColumn(f)} FROM picked p`
      : `SELECT unnest(p.${stageColumn(f)}) FROM picked p`,
  );
  return (target) =>
    target === scope.entity.name
      ? known(scope, target, moment, referred.join(' UNION '), moment === 'planning')
      : known(scope, target, moment, undefined, moment === 'planning');
}

const entityAlias = (name: string): string => name.toLowerCase();

/** The record of alias h as one JSON object of its fields, in the hub's terms. */
export function hubFields(scope: SqlScope): string {
  return jsonObject(scope.entity.fields, (field) => {
    if (field.kind !== 'roles') return `h.${field.column}`;
    return `(SELECT coalesce(jsonb_agg(jsonb_build_object('roleType', r.role_type, 'role', r.role, 'org', r.org_id,
        'beginDate', r.begin_date, 'endDate', r.end_date) ORDER BY r.position), '[]')
      FROM user_roles r WHERE r.tenant_id = h.tenant_id AND r.user_id = h.id AND r.integration_id = ${scope.integration})`;
  });
}

/** The staged row as one JSON object of its fields, in the hub's terms. */
export const stagedFields = (scope: SqlScope, row: Resolved): string => jsonObject(scope.entity.fields, row.value);

const jsonObject = (fields: readonly Field[], value: (field: Field) => string): string =>
  `jsonb_build_object(${fields.map((field) => `'${field.name}', ${value(field)}`).join(', ')})`;
