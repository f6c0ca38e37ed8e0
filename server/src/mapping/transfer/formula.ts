/**
 * Cells that a spreadsheet would take for formulas go out with an apostrophe before them, as spreadsheets mark text, and come in without
 * it. What went out comes in the same, also what began with an apostrophe by itself.
 */
const dangerous = /^[=+\-@\t\r']/;

export const guarded = (text: string): string => (dangerous.test(text) ? `'${text}` : text);

export const unguarded = (cell: string): string =>
  cell.charCodeAt(0) === 0x27 && dangerous.test(cell.slice(1)) ? cell.slice(1) : cell;
