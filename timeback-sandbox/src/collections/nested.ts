/**
 * Lists within others, as the published API has them: each is a collection under a filter, made from the ids in the path. Classes of a
 * person and people of a class go through the enrollments, ended ones included, as seen live.
 */
import { type Collection, collectionByName } from './catalogue.js';
import { countShown, shownAt } from './shown.js';
import type { Row } from '../query/matches.js';
import type { View } from '../view.js';

export interface Nested {
  collection: Collection;
  filter(view: View): string;
}

type FilterOf = (view: View, ids: string[]) => string;

const quoted = (id: string) => `'${id.replaceAll("'", "''")}'`;
const by =
  (field: string): FilterOf =>
  (_, ids) =>
    `${field}=${quoted(ids.at(-1)!)}`;
const among = (ids: string[]) => `sourcedId@${quoted(ids.join(','))}`;

/** People or classes that an enrollment joins. */
const joined =
  (from: 'user' | 'class', to: 'user' | 'class', role?: string): FilterOf =>
  (view, ids) => {
    const wanted = ids.at(-1);
    const found = new Set<string>();
    for (const row of rowsOf(view, 'enrollments')) {
      const [here, there] = [row[from], row[to]] as { sourcedId: string }[];
      if (here!.sourcedId === wanted && (!role || row.role === role)) found.add(there!.sourcedId);
    }
    return among([...found]);
  };

const agentsOf: FilterOf = (view, ids) => {
  const user = rowsOf(view, 'users').find((row) => row.sourcedId === ids[0]);
  return among(((user?.agents ?? []) as { sourcedId: string }[]).map(({ sourcedId }) => sourcedId));
};

/** Path, `*` for an id; the collection whose rows it shows; its list key where that differs; its filter. */
const table: [path: string, of: string, filter: FilterOf, listKey?: string][] = [
  ['schools/*/classes', 'classes', by('school.sourcedId')],
  ['schools/*/courses', 'courses', by('org.sourcedId')],
  ['schools/*/enrollments', 'enrollments', by('school.sourcedId')],
  ['schools/*/students', 'students', by('primaryOrg.sourcedId')],
  ['schools/*/teachers', 'teachers', by('primaryOrg.sourcedId')],
  ['schools/*/terms', 'terms', by('org.sourcedId')],
  ['schools/*/classes/*/students', 'students', joined('class', 'user', 'student')],
  ['schools/*/classes/*/teachers', 'teachers', joined('class', 'user', 'teacher')],
  ['schools/*/classes/*/enrollments', 'enrollments', by('class.sourcedId')],
  // The live API gives `users` here, whatever its document says.
  ['classes/*/students', 'students', joined('class', 'user', 'student')],
  ['classes/*/teachers', 'teachers', joined('class', 'user', 'teacher')],
  ['courses/*/classes', 'classes', by('course.sourcedId')],
  ['terms/*/classes', 'classes', by('terms.sourcedId')],
  ['terms/*/gradingPeriods', 'gradingPeriods', by('parent.sourcedId')],
  ['users/*/classes', 'classes', joined('user', 'class')],
  ['students/*/classes', 'classes', joined('user', 'class')],
  ['teachers/*/classes', 'classes', joined('user', 'class')],
  ['users/*/agents', 'users', agentsOf, 'agents'],
  ['users/*/agentFor', 'users', by('agents.sourcedId')],
];

export const nestedPaths = table.map(([path]) => path);

/** `parts` are those of the path below the rostering base, decoded. */
export function nestedAt(parts: string[]): (Nested & { pattern: string }) | undefined {
  for (const [pattern, of, filter, listKey] of table) {
    const wanted = pattern.split('/');
    if (wanted.length !== parts.length || wanted.some((part, at) => part !== '*' && part !== parts[at])) continue;
    const ids = parts.filter((_, at) => wanted[at] === '*');
    const collection = collectionByName.get(of)!;
    return {
      pattern,
      collection: listKey ? { ...collection, listKey } : collection,
      filter: (view) => filter(view, ids),
    };
  }
  return undefined;
}

function rowsOf(view: View, name: string): Row[] {
  const collection = collectionByName.get(name)!;
  const all = shownAt(view, collection, 0, countShown(view, collection));
  return all.map((index) => JSON.parse(view.rowText(collection.entity, index)) as Row);
}
