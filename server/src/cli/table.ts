/** Plain text tables: numbers to the right, everything else to the left. */

export type Cell = string | number | boolean | null | undefined;

export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(textOf));
  const widths = heads.map((head, i) => Math.max(head.length, ...texts.map((row) => row[i]?.length ?? 0)));
  const right = heads.map(
    (_, i) => rows.length > 0 && rows.every((row) => row[i] == null || typeof row[i] === 'number'),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(heads), ...texts.map(line)].join('\n');
}

export const number = (value: number): string => value.toLocaleString('en-US');

/** What a source sent must not steer the terminal. */
export const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '?');

function textOf(cell: Cell): string {
  if (cell == null) return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return typeof cell === 'number' ? number(cell) : plain(cell);
}
