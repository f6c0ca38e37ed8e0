/** PostgreSQL's COPY text format: one line a row, tabs between columns, `\N` for null. Nothing a source sends can break a line. */
const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

export function copyValue(value: string | null): string {
  if (value === null) return '\\N';
  return special.test(value) ? value.replace(specials, (found) => escapes[found]!) : value;
}

/** A text array in PostgreSQL's own notation, escaped for COPY. */
export function copyArray(values: readonly string[]): string {
  if (values.length === 0) return '{}';
  let out = '{';
  for (let i = 0; i < values.length; i += 1) out += `${i ? ',' : ''}"${values[i]!.replace(/["\\]/g, '\\$&')}"`;
  return copyValue(`${out}}`);
}

export function copyJson(value: unknown): string {
  return value === null || value === undefined ? '\\N' : copyValue(JSON.stringify(value));
}
