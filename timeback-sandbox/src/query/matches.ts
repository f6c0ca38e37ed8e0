/** Does a row satisfy a filter? An unknown field satisfies nothing, as seen live: the list is empty and the status 200. */
import type { Condition, Term } from './filter.js';

export type Row = Record<string, unknown>;

/** The values at a path of one or two names; an array stands for each of its members. */
export function valuesAt(row: Row, path: string): unknown[] {
  let values: unknown[] = [row];
  for (const name of path.split('.')) {
    const next: unknown[] = [];
    for (const value of values) {
      if (typeof value !== 'object' || value === null) continue;
      const found = (value as Row)[name];
      if (Array.isArray(found)) next.push(...found);
      else next.push(found);
    }
    values = next;
  }
  return values;
}

function holds(actual: unknown, { operator, value }: Term): boolean {
  if (typeof actual !== 'string' && typeof actual !== 'number') return false;
  const text = String(actual);
  if (operator === '~') return text.toLowerCase().includes(value.toLowerCase());
  if (operator === '@') return value.split(',').some((member) => member.trim() === text);
  const order =
    typeof actual === 'number' ? Math.sign(actual - Number(value)) : text < value ? -1 : text > value ? 1 : 0;
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
  }
}

export function matches(condition: Condition, valuesOf: (field: string) => unknown[]): boolean {
  return condition.some((group) => group.every((term) => valuesOf(term.field).some((value) => holds(value, term))));
}
