-- What clients of the provider ask for most is found by index: what changed since a time, what has ended, people by role and
-- organisation, and what belongs to an organisation, a course or a session.

-- Up Migration
CREATE INDEX users_by_change ON users (tenant_id, updated_at);
CREATE INDEX classes_by_change ON classes (tenant_id, updated_at);
CREATE INDEX enrollments_by_change ON enrollments (tenant_id, updated_at);

-- Ended rows are few, and the rest is found without an index.
CREATE INDEX users_ended ON users (tenant_id, id) WHERE NOT active;
CREATE INDEX classes_ended ON classes (tenant_id, id) WHERE NOT active;
CREATE INDEX enrollments_ended ON enrollments (tenant_id, id) WHERE NOT active;

-- There are a dozen roles, so that one index also finds an organisation's people whatever their role.
CREATE INDEX user_roles_by_role ON user_roles (tenant_id, role, org_id, user_id);

CREATE INDEX orgs_by_parent ON orgs (tenant_id, parent_id);
CREATE INDEX academic_sessions_by_parent ON academic_sessions (tenant_id, parent_id);
CREATE INDEX courses_by_org ON courses (tenant_id, org_id);
CREATE INDEX classes_by_course ON classes (tenant_id, course_id);

-- Down Migration
DROP INDEX classes_by_course, courses_by_org, academic_sessions_by_parent, orgs_by_parent, user_roles_by_role,
  enrollments_ended, classes_ended, users_ended, enrollments_by_change, classes_by_change, users_by_change;
