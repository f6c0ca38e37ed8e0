/** A list's query as a plain OneRoster server understands it: some filters are refused, some not kept to, ended rows may be hidden. */
import { Refusal } from '../answers.js';
import type { Collection } from '../collections/catalogue.js';
import type { Condition, Term } from '../query/filter.js';
import type { ListQuery } from '../query/parameters.js';
import type { OneRosterProfile } from './profile.js';

const active: Term = { field: 'status', operator: '=', value: 'active' };

export function oneRosterQuery(asked: ListQuery, profile: OneRosterProfile, { name }: Collection): ListQuery {
  const condition = taken(asked.condition, profile, name);
  if (profile.showsEnded) return { ...asked, condition, selection: `${asked.selection}${condition ? '' : 'all'}` };
  const groups = (condition ?? [[]]).map((group) => [...group, active]);
  return { ...asked, condition: groups, selection: `${asked.selection}active${condition ? '' : 'all'}` };
}

function taken(condition: Condition | undefined, profile: OneRosterProfile, name: string): Condition | undefined {
  const fields = (condition ?? []).flat().map(({ field }) => field);
  const refused = profile.filterFields && fields.find((field) => !profile.filterFields!.includes(field));
  if (refused) throw new Refusal(400, `Filtering on ${refused} is not possible.`);
  return profile.looseFilters.includes(name) && fields.includes('dateLastModified') ? undefined : condition;
}
