/**
 * What real districts have beside the usual, planted in an invented hub: people between schools, leavers, words that OneRoster 1.2
 * lacks, records that it cannot tell, and texts that break careless JSON. Takes the hub's first classes and people.
 */
import { inventedId, type InventedHub, type RunSql } from './invented-hub.js';

export interface OddHub {
  /** Of school 2 by role, enrolled at school 1 now. */
  readonly visitor: string;
  /** Of school 2 by role, once enrolled at school 1. */
  readonly leaver: string;
  /** At school 1, with an agent at each school. */
  readonly child: string;
  /** With neither role nor enrollment: OneRoster cannot tell them. */
  readonly nobody: string;
  /** Without terms: OneRoster cannot tell it, nor its enrollment. */
  readonly bareClass: string;
  readonly bareEnrollment: string;
}

const odd = 900_000;

export async function plantOddities(run: RunSql, { tenantId, integrationId }: InventedHub): Promise<OddHub> {
  const planted: OddHub = {
    visitor: inventedId('user', odd),
    leaver: inventedId('user', odd + 1),
    child: inventedId('user', odd + 2),
    nobody: inventedId('user', odd + 3),
    bareClass: inventedId('class', odd),
    bareEnrollment: inventedId('enrollment', odd + 2),
  };
  const [school1, school2] = [inventedId('org', 1), inventedId('org', 2)];
  const user = `INSERT INTO users (tenant_id, id, given_name, family_name, email, school_id, agent_ids, metadata)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
  const nested = { 'a"b': null, deep: { list: [1, null, "O'Hara"], ключ: true } };
  const agents = [inventedId('user', 0), inventedId('user', 1)];
  await run(user, [tenantId, planted.visitor, 'Zoë "Z"', "O'Brien\\王", 'visitor@school.invalid', school2, [], nested]);
  await run(user, [tenantId, planted.leaver, 'Lea', 'Gone', 'leaver@school.invalid', school2, [], { secret: 'left' }]);
  await run(user, [tenantId, planted.child, 'Kim', 'Twohouse', 'child@school.invalid', school1, agents, null]);
  await run(user, [tenantId, planted.nobody, 'No', 'Body', 'nobody@school.invalid', null, [], null]);
  const role = `INSERT INTO user_roles (tenant_id, user_id, integration_id, position, role_type, role, org_id, begin_date)
    VALUES ($1, $2, $3, $4, $5, $6, $7, '2026-08-01')`;
  await run(role, [tenantId, planted.visitor, integrationId, 1, 'primary', 'student', school2]);
  await run(role, [tenantId, planted.leaver, integrationId, 1, 'primary', 'student', school2]);
  await run(role, [tenantId, planted.child, integrationId, 1, 'primary', 'student', school1]);
  await run(role, [tenantId, planted.child, integrationId, 2, 'secondary', 'administrator', school2]);
  await run(
    `INSERT INTO classes (tenant_id, id, title, class_type, course_id, school_id) VALUES ($1, $2, 'Bare', 'scheduled', $3, $4)`,
    [tenantId, planted.bareClass, inventedId('course', 0), school1],
  );
  const seat = `INSERT INTO enrollments (tenant_id, id, integration_id, active, role, user_id, class_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`;
  const [first] = [inventedId('class', 0)];
  await run(seat, [tenantId, inventedId('enrollment', odd), integrationId, true, 'student', planted.visitor, first]);
  await run(seat, [
    tenantId,
    inventedId('enrollment', odd + 1),
    integrationId,
    false,
    'student',
    planted.leaver,
    first,
  ]);
  await run(seat, [tenantId, planted.bareEnrollment, integrationId, true, 'aide', planted.child, planted.bareClass]);
  await run(seat, [tenantId, inventedId('enrollment', odd + 3), integrationId, true, 'aide', planted.child, first]);
  // A class of school 1 teaches a course of school 2.
  await run('UPDATE classes SET course_id = $3 WHERE tenant_id = $1 AND id = $2', [
    tenantId,
    first,
    inventedId('course', 1),
  ]);
  return planted;
}
