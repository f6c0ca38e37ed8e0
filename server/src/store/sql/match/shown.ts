/** What a person sees of a new record who has to say whether it is one of ours: the values that rules compare, of the staged row s. */
import { matchable } from '@rollcall/core';
import { stageColumn } from '../../stage.js';
import type { SqlScope } from '../scope.js';

export function shownOf({ entity }: SqlScope): string {
  const names = matchable(entity.name);
  const fields = entity.fields.filter((field) => names.includes(field.name) && field.kind !== 'reference');
  return `jsonb_strip_nulls(jsonb_build_object(${fields.map((f) => `'${f.name}', s.${stageColumn(f)}`).join(', ')}))`;
}
