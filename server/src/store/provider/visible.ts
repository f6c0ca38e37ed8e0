/**
 * Which records a client may see at all. Used where a list is made and again where its records are read, so that what has left
 * the client's schools since is not shown from an older list.
 */
import type { EntityName } from '@rollcall/core';
import { isWhole, type Seen } from './sight.js';

/** Looked up for each person that is asked about: with OFFSET the planner cannot read all roles instead, to know of a few people's. */
const lookUp = 'OFFSET 0';

export const hasRoleIn = ({ tenant, schools }: Seen, user: string, how = lookUp): string =>
  `EXISTS (SELECT FROM user_roles r WHERE r.tenant_id = ${tenant} AND r.user_id = ${user}${schools ? ` AND r.org_id = ANY (${schools.ids})` : ''} ${how})`;

export const isEnrolledIn = ({ tenant, schools }: Seen, user: string, now: boolean, how = lookUp): string =>
  `EXISTS (SELECT FROM enrollments e JOIN classes c ON c.tenant_id = e.tenant_id AND c.id = e.class_id
     WHERE e.tenant_id = ${tenant} AND e.user_id = ${user}${now ? ' AND e.active' : ''} AND ${isWhole('c')}${schools ? ` AND c.school_id = ANY (${schools.ids})` : ''} ${how})`;

/** A condition on rows of alias t (and c, an enrollment's class). */
export function isVisible(entity: EntityName, seen: Seen): string {
  const { tenant, schools } = seen;
  switch (entity) {
    case 'orgs':
      return schools ? `t.id = ANY (${schools.orgs})` : 'true';
    case 'academicSessions':
      return schools ? `t.id = ANY (${schools.sessions})` : 'true';
    case 'courses':
      if (!schools) return 'true';
      return `(t.org_id = ANY (${schools.orgs}) OR EXISTS (SELECT FROM classes c WHERE c.tenant_id = ${tenant} AND c.course_id = t.id
        AND c.school_id = ANY (${schools.ids}) AND ${isWhole('c')}))`;
    case 'classes':
      return `${isWhole('t')}${schools ? ` AND t.school_id = ANY (${schools.ids})` : ''}`;
    case 'enrollments':
      return `${isWhole('c')}${schools ? ` AND c.school_id = ANY (${schools.ids})` : ''}`;
    case 'users':
      return `(${hasRoleIn(seen, 't.id')} OR ${isEnrolledIn(seen, 't.id', false)})`;
  }
}

/**
 * The same, for finding all of them: a few schools' people are found by the schools, not by looking at everybody. `narrowed` says
 * that other conditions leave few to look at.
 */
export function areVisible(entity: EntityName, seen: Seen, narrowed: boolean): string {
  const { tenant, schools } = seen;
  if (entity !== 'users') return isVisible(entity, seen);
  if (!schools) {
    const how = narrowed ? lookUp : '';
    return `(${hasRoleIn(seen, 't.id', how)} OR ${isEnrolledIn(seen, 't.id', false, how)})`;
  }
  return `t.id IN (SELECT r.user_id FROM user_roles r WHERE r.tenant_id = ${tenant} AND r.org_id = ANY (${schools.ids})
    UNION SELECT e.user_id FROM classes c JOIN enrollments e ON e.tenant_id = c.tenant_id AND e.class_id = c.id
      WHERE c.tenant_id = ${tenant} AND c.school_id = ANY (${schools.ids}) AND ${isWhole('c')})`;
}
