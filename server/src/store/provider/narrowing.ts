/** Which of an entity's records an address means, beside what its client may see: students, a class's teachers, a school's terms. */
import { isWhole, type Seen } from './sight.js';

/** Conditions on alias t; `ids` are the SQL of the ids in the address, in its order. */
export const narrowings = {
  schools: () => `t.type = 'school'`,
  terms: () => `t.type = 'term'`,
  gradingPeriods: () => `t.type = 'gradingPeriod'`,
  students: (seen: Seen) => peopleWithRole(seen, 'student'),
  teachers: (seen: Seen) => peopleWithRole(seen, 'teacher'),
  studentsOfClass: (seen: Seen, ids: Ids) => peopleOfClass(seen, 'student', last(ids)),
  teachersOfClass: (seen: Seen, ids: Ids) => peopleOfClass(seen, 'teacher', last(ids)),
  studentsOfSchool: (seen: Seen, [school]: Ids) => peopleOfSchool(seen, 'student', school!),
  teachersOfSchool: (seen: Seen, [school]: Ids) => peopleOfSchool(seen, 'teacher', school!),
  classesOfCourse: (_: Seen, [course]: Ids) => `t.course_id = ${course}`,
  classesOfSchool: (_: Seen, [school]: Ids) => `t.school_id = ${school}`,
  classesOfTerm: (_: Seen, [term]: Ids) => `${term} = ANY (t.term_ids)`,
  classesOfStudent: (seen: Seen, [user]: Ids) => classesOf(seen, user!, 'student'),
  classesOfTeacher: (seen: Seen, [user]: Ids) => classesOf(seen, user!, 'teacher'),
  classesOfUser: (seen: Seen, [user]: Ids) => classesOf(seen, user!, null),
  coursesOfSchool: ({ tenant }: Seen, [school]: Ids) =>
    `(t.org_id = ${school} OR t.id IN (SELECT k.course_id FROM classes k WHERE k.tenant_id = ${tenant} AND k.school_id = ${school}))`,
  enrollmentsOfSchool: (_: Seen, [school]: Ids) => `c.school_id = ${school}`,
  enrollmentsOfClass: (_: Seen, ids: Ids) => `t.class_id = ${last(ids)}`,
  termsOfSchool: ({ tenant }: Seen, [school]: Ids) =>
    `t.type = 'term' AND (t.org_id = ${school} OR t.id IN
       (SELECT unnest(k.term_ids) FROM classes k WHERE k.tenant_id = ${tenant} AND k.school_id = ${school}))`,
  gradingPeriodsOfTerm: (_: Seen, [term]: Ids) => `t.type = 'gradingPeriod' AND t.parent_id = ${term}`,
} as const;

export type Narrowing = keyof typeof narrowings;

type Ids = readonly string[];
const last = (ids: Ids): string => ids.at(-1)!;

/** To a client of some schools, whoever is enrolled there in that role has it there. */
function peopleWithRole({ tenant, schools }: Seen, role: string): string {
  const byRole = `SELECT r.user_id FROM user_roles r WHERE r.tenant_id = ${tenant} AND r.role = '${role}'`;
  if (!schools) return `t.id IN (${byRole})`;
  return `t.id IN (${byRole} AND r.org_id = ANY (${schools.ids}) UNION SELECT e.user_id FROM classes k
    JOIN enrollments e ON e.tenant_id = k.tenant_id AND e.class_id = k.id AND e.role = '${role}'
    WHERE k.tenant_id = ${tenant} AND k.school_id = ANY (${schools.ids}) AND ${isWhole('k')})`;
}

/** Those who are in the class now; who was is told by its enrollments. */
const peopleOfClass = ({ tenant }: Seen, role: string, id: string): string =>
  `t.id IN (SELECT e.user_id FROM enrollments e WHERE e.tenant_id = ${tenant} AND e.class_id = ${id} AND e.role = '${role}' AND e.active)`;

const peopleOfSchool = ({ tenant }: Seen, role: string, school: string): string =>
  `t.id IN (SELECT r.user_id FROM user_roles r WHERE r.tenant_id = ${tenant} AND r.role = '${role}' AND r.org_id = ${school}
    UNION SELECT e.user_id FROM classes k JOIN enrollments e ON e.tenant_id = k.tenant_id AND e.class_id = k.id
      AND e.role = '${role}' AND e.active
    WHERE k.tenant_id = ${tenant} AND k.school_id = ${school} AND ${isWhole('k')})`;

const classesOf = ({ tenant }: Seen, user: string, role: string | null): string =>
  `t.id IN (SELECT e.class_id FROM enrollments e WHERE e.tenant_id = ${tenant} AND e.user_id = ${user} AND e.active${role ? ` AND e.role = '${role}'` : ''})`;
