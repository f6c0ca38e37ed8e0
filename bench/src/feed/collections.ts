/**
 * The six collections as the bench's own loaders see them: which columns of the hub a wire row fills. Written without the
 * product's code, so that the floor is an independent measure; only what the sandbox serves is understood.
 */
export type ColumnType = 'text' | 'boolean' | 'date' | 'text[]' | 'jsonb' | 'uuid' | 'uuid[]';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The collection that a reference leads to; its values are external ids here. */
  readonly refersTo?: string;
}

/** Flags are t or f, documents JSON text; lists are of texts or of external ids. */
export type Value = string | null | readonly string[];

export type WireRow = Readonly<Record<string, unknown>> & { readonly sourcedId: string };

export interface Collection {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly Column[];
  /** In the order of `columns`. */
  readonly values: (row: WireRow) => Value[];
  /** Rows show on themselves where they came from and when. */
  readonly marked: boolean;
}

const column = (name: string, type: ColumnType = 'text', refersTo?: string): Column =>
  refersTo === undefined ? { name, type } : { name, type, refersTo };
const columns = (names: string): Column[] => names.split(' ').map((name) => column(name));
const one = (name: string, refersTo: string): Column => column(name, 'uuid', refersTo);
const many = (name: string, refersTo: string): Column => column(name, 'uuid[]', refersTo);
const list = (name: string): Column => column(name, 'text[]');
const metadata = column('metadata', 'jsonb');

export const collections: readonly Collection[] = [
  {
    name: 'orgs',
    table: 'orgs',
    marked: false,
    columns: [...columns('name type identifier'), one('parent_id', 'orgs'), metadata],
    values: (r) => [required(r.name), required(r.type), text(r.identifier), ref(r.parent), documentOf(r.metadata)],
  },
  {
    name: 'academicSessions',
    table: 'academic_sessions',
    marked: false,
    columns: [
      ...columns('title type'),
      column('start_date', 'date'),
      column('end_date', 'date'),
      column('school_year'),
      one('parent_id', 'academicSessions'),
      one('org_id', 'orgs'),
      metadata,
    ],
    values: (r) => [
      ...[required(r.title), required(r.type), date(r.startDate), date(r.endDate), String(r.schoolYear)],
      ...[ref(r.parent), ref(r.org), documentOf(r.metadata)],
    ],
  },
  {
    name: 'courses',
    table: 'courses',
    marked: false,
    columns: [
      ...columns('title course_code'),
      ...[list('grades'), list('subjects'), list('subject_codes')],
      ...[one('org_id', 'orgs'), one('school_year_id', 'academicSessions'), metadata],
    ],
    values: (r) => [
      ...[required(r.title), text(r.courseCode), texts(r.grades), texts(r.subjects), texts(r.subjectCodes)],
      ...[ref(r.org), ref(r.schoolYear), documentOf(r.metadata)],
    ],
  },
  {
    name: 'users',
    table: 'users',
    marked: true,
    columns: [
      ...columns('given_name family_name middle_name preferred_first_name preferred_middle_name preferred_last_name'),
      ...columns('pronouns username identifier user_master_identifier'),
      ...[list('user_ids'), ...columns('email sms phone'), column('enabled_user', 'boolean'), list('grades')],
      ...[one('school_id', 'orgs'), many('agent_ids', 'users'), metadata],
    ],
    values: (r) => [
      required(r.givenName),
      required(r.familyName),
      text(r.middleName),
      text(r.preferredFirstName),
      text(r.preferredMiddleName),
      text(r.preferredLastName),
      text(r.pronouns),
      text(r.username),
      text(r.identifier),
      text(r.userMasterIdentifier),
      (r.userIds as { type: string; identifier: string }[]).map((id) => `${id.type}:${id.identifier}`).sort(),
      text(r.email)?.toLowerCase() ?? null,
      text(r.sms),
      text(r.phone),
      flag(r.enabledUser),
      texts(r.grades),
      ref(r.primaryOrg),
      refs(r.agents),
      documentOf(r.metadata),
    ],
  },
  {
    name: 'classes',
    table: 'classes',
    marked: true,
    columns: [
      ...columns('title class_code class_type location'),
      ...[list('grades'), list('subjects'), list('subject_codes'), list('periods')],
      ...[one('course_id', 'courses'), one('school_id', 'orgs'), many('term_ids', 'academicSessions'), metadata],
    ],
    values: (r) => [
      ...[required(r.title), text(r.classCode), required(r.classType), text(r.location)],
      ...[texts(r.grades), texts(r.subjects), texts(r.subjectCodes), texts(r.periods)],
      ...[ref(r.course), ref(r.school), refs(r.terms), documentOf(r.metadata)],
    ],
  },
  {
    name: 'enrollments',
    table: 'enrollments',
    marked: true,
    columns: [
      ...[column('role'), column('is_primary', 'boolean'), column('begin_date', 'date'), column('end_date', 'date')],
      ...[one('user_id', 'users'), one('class_id', 'classes'), one('school_id', 'orgs'), metadata],
    ],
    values: (r) => [
      required(r.role),
      flag(r.primary),
      date(r.beginDate),
      date(r.endDate),
      required(ref(r.user)),
      required(ref(r.class)),
      ref(r.school),
      documentOf(r.metadata),
    ],
  },
];

/** The minimal check: what the hub cannot be without is there. */
function required(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError('a row of the feed lacks a required value');
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as string[]) : []);
const date = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 10) : null);
const flag = (value: unknown): string => (value === 'true' || value === true ? 't' : 'f');
const ref = (value: unknown): string | null =>
  typeof value === 'object' && value !== null ? (value as WireRow).sourcedId : null;
const refs = (value: unknown): readonly string[] => (value as WireRow[]).map((target) => target.sourcedId).sort();

/** What the provider counts up by itself is not the roster. */
const volatile = new Set(['metrics', 'goals', 'AlphaLearn', 'onboarding', 'pctCompleteApp']);

function documentOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return JSON.stringify(value, (key, part: unknown) => (volatile.has(key) ? undefined : part));
}
