/**
 * The filter grammar: field op 'value', joined by AND (binds tighter) or OR. Promises that what is not of this form is refused
 * with the API's "Error in filter query", never read as something else.
 */
import type { Preset } from '../presets.js';
import { Refusal } from '../answers.js';

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~' | '@';

export interface Term {
  field: string;
  operator: Operator;
  value: string;
}

/** Any of the groups holds when all of its terms hold. */
export type Condition = Term[][];

const TERM = /\s*([A-Za-z_]\w*(?:\.\w+)*)\s*(!=|>=|<=|=|>|<|~|@)\s*(?:'((?:[^']|'')*)'|([\w.-][^\s']*))/y;
const JOINT = /\s+(AND|OR)\s+(?=\S)/iy;

const refuse = (): never => {
  throw new Refusal(400, 'Error in filter query');
};

export function parseFilter(text: string, preset: Preset): Condition {
  const groups: Condition = [[]];
  const joints = new Set<string>();
  let terms = 0;
  for (let at = 0; ;) {
    TERM.lastIndex = at;
    const [whole, field, operator, quoted, bare] = TERM.exec(text) ?? refuse();
    // seen live: an unquoted value is 422, a path of three parts is 400
    if (bare !== undefined) throw new Refusal(422, 'Error in filter query: values must be quoted');
    if (field!.split('.').length > 2) refuse();
    groups.at(-1)!.push({ field: field!, operator: operator as Operator, value: quoted!.replaceAll("''", "'") });
    terms += 1;
    at += whole!.length;
    if (text.slice(at).trim() === '') break;
    JOINT.lastIndex = at;
    const [joint, word] = JOINT.exec(text) ?? refuse();
    joints.add(word!.toUpperCase());
    if (word!.toUpperCase() === 'OR') groups.push([]);
    at += joint!.length;
  }
  if (terms > preset.maxFilterTerms || (joints.size > 1 && !preset.mixedFilter)) refuse();
  return groups;
}
