/** What every roster record has, whatever its entity: the source's id, its life-cycle status and the source's own time stamp. */
import { z } from 'zod';

/** The longest text that a field may have, in UTF-16 units; longer values reject the record. */
export const maxTextLength = 10_000;

export const sourcedId = z.string().min(1).max(1024);
export const textValue = z.string().min(1).max(maxTextLength);
export const dateValue = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
/** Sorted and without doubles, so that order on the wire never looks like a change. */
export const textSet = z.array(textValue).readonly();
export const jsonObject = z.record(z.string(), z.unknown());

export const recordHead = {
  sourcedId,
  /** `tobedeleted` is OneRoster's word for a record that its source has ended. */
  status: z.enum(['active', 'tobedeleted']),
  /** The provider's time stamp as ISO 8601 in UTC, or null when it gives none. Never part of what is compared. */
  dateLastModified: z.string().nullable(),
  metadata: jsonObject.nullable(),
};

export type Status = 'active' | 'tobedeleted';
