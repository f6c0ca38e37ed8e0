/**
 * A field of a roster entity: its name in OneRoster, its column in the hub, and its kind. Projection, staging, planning and
 * applying all loop over these definitions, so a field added here is synchronised everywhere.
 */
export interface Field {
  readonly name: string;
  readonly column: string;
  readonly kind: FieldKind;
  /** The entity that a reference points to. */
  readonly target?: EntityName;
  /** A required reference that cannot be resolved keeps the record out; an optional one is left empty and tried again. */
  readonly required?: boolean;
}

/**
 * text, flag and date are single values; set is an unordered list of texts; document is a free JSON object;
 * reference and references hold sourcedIds on the canonical side and local ids in the hub; roles is the list of a user's roles.
 */
export type FieldKind = 'text' | 'flag' | 'date' | 'set' | 'document' | 'reference' | 'references' | 'roles';

export type EntityName = 'orgs' | 'academicSessions' | 'courses' | 'users' | 'classes' | 'enrollments';

export const text = (name: string, column = name): Field => ({ name, column, kind: 'text' });
export const flag = (name: string, column = name): Field => ({ name, column, kind: 'flag' });
export const date = (name: string, column = name): Field => ({ name, column, kind: 'date' });
export const set = (name: string, column = name): Field => ({ name, column, kind: 'set' });
export const document = (name: string, column = name): Field => ({ name, column, kind: 'document' });
export const roles = (name: string, column = name): Field => ({
  name,
  column,
  kind: 'roles',
  target: 'orgs',
  required: true,
});
export const reference = (name: string, column: string, target: EntityName, required = false): Field => ({
  name,
  column,
  kind: 'reference',
  target,
  required,
});
export const references = (name: string, column: string, target: EntityName): Field => ({
  name,
  column,
  kind: 'references',
  target,
});
