/**
 * A hub of invented people made inside the database, of any size: schools under a district, a school year with terms, and for
 * each person roles and enrollments at a school. Everything follows from the numbers, so a test can say what must be there.
 */
export interface InventedHub {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly schools: number;
  readonly users: number;
}

export type RunSql = (text: string, params?: unknown[]) => Promise<unknown>;

/** The nth record of a kind; ids of a kind sort by their number. */
export const inventedId = (kind: InventedKind, n: number): string =>
  `019a0000-000${kinds.indexOf(kind) + 1}-7000-8000-${n.toString(16).padStart(12, '0')}`;

const kinds = ['org', 'session', 'course', 'user', 'class', 'enrollment'] as const;
export type InventedKind = (typeof kinds)[number];

const idSql = (kind: InventedKind, n: string): string =>
  `('019a0000-000${kinds.indexOf(kind) + 1}-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** School s is org s (1 to n), the district org 0. Person u is at school 1 + u mod n; every twentieth of a school teaches. */
export async function inventHub(run: RunSql, hub: InventedHub): Promise<void> {
  const { schools, users } = hub;
  const at = [hub.tenantId];
  const classes = Math.max(1, Math.ceil(users / schools / 10));
  const changed = `timestamptz '2026-11-01T00:00:00Z' + (i % 20000) * interval '1 minute'`;
  await run(
    `INSERT INTO orgs (tenant_id, id, name, type, identifier, parent_id, updated_at)
     SELECT $1, ${idSql('org', 'i')}, CASE i WHEN 0 THEN 'Lakeside District' ELSE 'School ' || i END,
       CASE i WHEN 0 THEN 'district' ELSE 'school' END, 'O-' || i, CASE i WHEN 0 THEN NULL ELSE ${idSql('org', '0')} END, ${changed}
     FROM generate_series(0, ${schools}) i`,
    at,
  );
  await run(sessionsSql, at);
  await run(
    `INSERT INTO courses (tenant_id, id, title, course_code, grades, subjects, org_id, school_year_id, updated_at)
     SELECT $1, ${idSql('course', 'i')}, 'Course ' || i, 'C-' || i, ARRAY['7', '8'], ARRAY['Maths', 'Art'], ${idSql('org', '1 + i % ' + schools)}, ${idSql('session', '0')}, ${changed}
     FROM generate_series(0, ${schools * 3 - 1}) i`,
    at,
  );
  await run(
    `INSERT INTO classes (tenant_id, id, title, class_code, class_type, grades, periods, course_id, school_id, term_ids, updated_at)
     SELECT $1, ${idSql('class', 'i')}, 'Class ' || i, 'K-' || i, CASE i % 7 WHEN 0 THEN 'homeroom' ELSE 'scheduled' END, ARRAY['7'], ARRAY['1'],
       ${idSql('course', `i % ${schools}`)}, ${idSql('org', `1 + i % ${schools}`)}, ARRAY[${idSql('session', '1 + i % 2')}], ${changed}
     FROM generate_series(0, ${classes * schools - 1}) i`,
    at,
  );
  await run(usersSql(schools, users, changed), at);
  const teaches = `(i / ${schools}) % 20 = 0`;
  await run(
    `INSERT INTO user_roles (tenant_id, user_id, integration_id, position, role_type, role, org_id)
     SELECT $1, ${idSql('user', 'i')}, $2, 1, 'primary', CASE WHEN ${teaches} THEN 'teacher' ELSE 'student' END, ${idSql('org', `1 + i % ${schools}`)}
     FROM generate_series(0, ${users - 1}) i`,
    [hub.tenantId, hub.integrationId],
  );
  await run(
    `INSERT INTO enrollments (tenant_id, id, integration_id, active, role, is_primary, begin_date, user_id, class_id, school_id, updated_at)
     SELECT $1, ${idSql('enrollment', 'i')}, $2, i % 40 <> 3, CASE WHEN ((i / 2) / ${schools}) % 20 = 0 THEN 'teacher' ELSE 'student' END, false, '2026-08-20',
       ${idSql('user', 'i / 2')}, ${idSql('class', `((i / 2) % ${schools}) + ${schools} * ((i / 2 / ${schools} + i) % ${classes})`)}, ${idSql('org', `1 + (i / 2) % ${schools}`)}, ${changed}
     FROM generate_series(0, ${users * 2 - 1}) i`,
    [hub.tenantId, hub.integrationId],
  );
}

/** A year, its two terms, and two grading periods in each. */
const sessionsSql = `INSERT INTO academic_sessions (tenant_id, id, title, type, start_date, end_date, school_year, parent_id, org_id)
  SELECT $1, ${idSql('session', 'i')}, 'Session ' || i, CASE WHEN i = 0 THEN 'schoolYear' WHEN i < 3 THEN 'term' ELSE 'gradingPeriod' END,
    '2026-08-01', '2027-07-31', '2027', CASE WHEN i = 0 THEN NULL WHEN i < 3 THEN ${idSql('session', '0')} ELSE ${idSql('session', '1 + i % 2')} END, ${idSql('org', '0')}
  FROM generate_series(0, 6) i`;

const usersSql = (schools: number, users: number, changed: string): string =>
  `INSERT INTO users (tenant_id, id, active, given_name, family_name, middle_name, username, identifier, email, phone, enabled_user, grades, school_id, user_ids, updated_at)
   SELECT $1, ${idSql('user', 'i')}, i % 50 <> 7, 'Given' || i % 997, 'Family' || i % 9973, CASE i % 3 WHEN 0 THEN 'M' END, 'user' || i, 'P-' || i,
     'user' || i || '@school.invalid', CASE i % 4 WHEN 0 THEN '555-01' || i END, true, ARRAY[(1 + i % 12)::text], ${idSql('org', `1 + i % ${schools}`)}, ARRAY['state:S' || i], ${changed}
   FROM generate_series(0, ${users - 1}) i`;
