/** SQL that writes one value as JSON text, or null where the record has none: OneRoster leaves out what there is not. */
import type { Seen } from './sight.js';

export const jsonText = (value: string): string => `to_json(${value})::text`;
/** For what the standard requires and the hub may lack. */
export const jsonTextOrEmpty = (value: string): string => `to_json(coalesce(${value}, ''))::text`;
/** OneRoster's booleans are words. */
export const jsonFlag = (value: string): string => `CASE WHEN ${value} THEN '"true"' ELSE '"false"' END`;
export const jsonDate = (value: string): string => `'"' || to_char(${value}, 'YYYY-MM-DD') || '"'`;
export const jsonInstant = (value: string): string =>
  `'"' || to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"'`;
export const jsonSet = (value: string): string =>
  `CASE WHEN cardinality(${value}) > 0 THEN to_json(${value})::text END`;

export type RefType = 'org' | 'academicSession' | 'course' | 'class' | 'user';

const collections: Readonly<Record<RefType, string>> = {
  org: 'orgs',
  academicSession: 'academicSessions',
  course: 'courses',
  class: 'classes',
  user: 'users',
};

export const jsonRef = ({ base }: Seen, type: RefType, id: string): string =>
  `'{"href":"' || ${base} || '/${collections[type]}/' || ${id} || '","sourcedId":"' || ${id} || '","type":"${type}"}'`;

/** `ids` is a query of one column `id`. */
export const jsonRefs = (seen: Seen, type: RefType, ids: string): string =>
  `(SELECT '[' || string_agg(${jsonRef(seen, type, 'x.id')}, ',' ORDER BY x.id) || ']' FROM (${ids}) x)`;
