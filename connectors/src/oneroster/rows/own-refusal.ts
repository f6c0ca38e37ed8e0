/**
 * A row that must stay out for a reason which only its source could see, for example a line of CSV that does not fit its header: it
 * carries the reason with it, so that it counts as a row, and its record as one that was named.
 */
import type { RejectCode } from '@rollcall/core';
import type { WireReader, WireRow } from './wire.js';

export interface OwnRefusal {
  readonly code: RejectCode;
  readonly field: string;
  readonly rule: string;
}

/** No column and no JSON field of a source is called so. */
export const refusalKey = '\0refusal';

export function ownRefusal(row: WireRow, read: WireReader): void {
  const refusal = row[refusalKey] as OwnRefusal | undefined;
  if (refusal) read.refuse(refusal.code, refusal.field, refusal.rule);
}
