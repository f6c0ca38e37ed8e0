/** A wire row ready to be compared and written: its values, and a 128-bit checksum over them with the external id. */
import { hash } from 'node:crypto';
import type { Collection, Value, WireRow } from './collections.js';

export interface Canonical {
  readonly externalId: string;
  readonly modified: string;
  readonly values: readonly Value[];
  readonly roles: readonly Role[];
  /** 32 hex digits, which PostgreSQL reads as a uuid. */
  readonly checksum: string;
  /** Nothing in it needs escaping in COPY's text format. */
  readonly plain: boolean;
}

export interface Role {
  readonly roleType: string;
  readonly role: string;
  readonly org: { readonly sourcedId: string };
  readonly beginDate: string | null;
  readonly endDate: string | null;
}

const none: readonly Role[] = [];
const special = /[\\\t\n\r]/;

export function canonical(collection: Collection, row: WireRow): Canonical {
  if (typeof row.sourcedId !== 'string') throw new TypeError('a row of the feed lacks its id');
  const values = collection.values(row);
  const roles = collection.name === 'users' ? (row.roles as Role[]) : none;
  let text = `${row.sourcedId}\x1f${values.join('\x1f')}`;
  for (const r of roles)
    text += `\x1e${r.roleType}\x1f${r.role}\x1f${r.org.sourcedId}\x1f${r.beginDate}\x1f${r.endDate}`;
  return {
    externalId: row.sourcedId,
    modified: row.dateLastModified as string,
    values,
    roles,
    checksum: hash('sha256', text, 'hex').slice(0, 32),
    plain: !special.test(text),
  };
}

/** Rows that their source has ended and that nobody has: every loader leaves them out, as the product does. */
export const ended = (row: WireRow): boolean => row.status === 'tobedeleted';
