/** Why a record was kept out: a closed list of codes. Messages name fields and rules, never a person's values. */
export const rejectCodes = [
  'key_unreadable',
  'not_an_object',
  'field_missing',
  'field_invalid',
  'field_too_long',
  'nul_character',
  'dangling_reference',
  'reference_cycle',
  /** The database refuses a value that the reader took. */
  'value_refused',
  'unreadable_record',
] as const;

export type RejectCode = (typeof rejectCodes)[number];

export interface Reject {
  /** Null when not even the key could be read; the phase then proves nothing about removals. */
  readonly externalId: string | null;
  readonly code: RejectCode;
  readonly field: string | null;
  readonly message: string;
}
