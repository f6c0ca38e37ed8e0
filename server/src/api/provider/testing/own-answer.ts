/** What a client would find among its own records by a filter and a sort: an independent reading of OneRoster's rules. */
export type Row = Readonly<Record<string, unknown>>;

export interface Condition {
  readonly field: string;
  readonly predicate: string;
  readonly value: string;
}

/** The text that a record shows under a dotted name; null where it shows none. */
export function valueOf(row: Row, field: string): string | null {
  let value: unknown = row;
  for (const part of field.split('.')) value = (value as Row | undefined)?.[part];
  return typeof value === 'string' ? value : null;
}

export function matches(row: Row, { field, predicate, value }: Condition): boolean {
  const own = valueOf(row, field);
  if (predicate === '!=') return own !== value;
  if (own === null) return false;
  switch (predicate) {
    case '=':
      return own === value;
    case '~':
      return own.toLowerCase().includes(value.toLowerCase());
    case '>':
      return own > value;
    case '>=':
      return own >= value;
    case '<':
      return own < value;
    default:
      return own <= value;
  }
}

/** Values that are missing stand last, equal ones by id. */
export function sorted(rows: readonly Row[], field: string | undefined, descending: boolean): Row[] {
  const byId = (a: Row, b: Row) => compare(String(a.sourcedId), String(b.sourcedId));
  if (field === undefined) return rows.toSorted(byId);
  return rows.toSorted((a, b) => {
    const [x, y] = [valueOf(a, field), valueOf(b, field)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byId(a, b);
    return (descending ? compare(y, x) : compare(x, y)) || byId(a, b);
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
