/** Which cell of a row is which column: by name, forgiving case, spaces, order and the other version, each with a note. */
import { catalogue, type Column, type FileSpec, type Version } from './catalogue.js';
import type { Report } from './report.js';

export interface HeaderCell {
  readonly index: number;
  readonly column: Column;
}

export interface Header {
  readonly width: number;
  readonly cells: readonly HeaderCell[];
  /** `metadata.<name>`: the name, and where it is. */
  readonly metadata: readonly (readonly [name: string, index: number])[];
}

export function readHeader(names: readonly string[], spec: FileSpec, version: Version, report: Report): Header {
  const file = `${spec.name}.csv`;
  const other = catalogue[version === '1.1' ? '1.2' : '1.1'].get(spec.name)?.columns ?? [];
  const cells = new Map<string, HeaderCell>();
  const metadata = new Map<string, number>();
  names.forEach((given, index) => {
    const place = { file, row: 1 };
    const name = given.trim();
    if (/^metadata\./i.test(name)) return void metadata.set(name.slice('metadata.'.length), index);
    const own = columnNamed(spec.columns, name);
    const column = own ?? columnNamed(other, name);
    if (!column) return void report.add('header.unknown', place);
    if (cells.has(column.name)) report.stop('header.twice', { ...place, column: column.name });
    if (!own) report.add('header.other-version', { ...place, column: column.name });
    else if (column.name !== given) report.add('header.name', { ...place, column: column.name });
    cells.set(column.name, { index, column });
  });
  if (!cells.has('sourcedId')) report.stop('header.no-key', { file, row: 1 });
  for (const { name } of spec.columns)
    if (!cells.has(name)) report.add('header.missing', { file, row: 1, column: name });
  const found = [...cells.values()].filter(({ column }) => spec.columns.includes(column));
  const order = found.map(({ column }) => spec.columns.indexOf(column));
  const early = [...metadata.values()].some((index) => found.some((cell) => cell.index > index));
  if (early || order.some((at, n) => n > 0 && at < order[n - 1]!)) report.add('header.order', { file, row: 1 });
  return { width: names.length, cells: [...cells.values()], metadata: [...metadata] };
}

function columnNamed(columns: readonly Column[], name: string): Column | undefined {
  return (
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  );
}
