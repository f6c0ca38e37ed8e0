/** COPY's text format for the bench's own loaders. */
import type { Value } from './collections.js';

const specials = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** `plain` says that nothing in the value needs escaping. */
export function copyText(value: Value, plain: boolean): string {
  if (value === null) return '\\N';
  const text = typeof value === 'string' ? value : arrayText(value);
  // Only a list's own notation puts backslashes into a plain value.
  return plain && (typeof value === 'string' || !text.includes('\\'))
    ? text
    : text.replace(specials, (found) => escapes[found]!);
}

/** PostgreSQL's own notation of a list of texts. */
export function arrayText(list: readonly string[]): string {
  if (list.length === 0) return '{}';
  let out = '{';
  for (let i = 0; i < list.length; i += 1) out += `${i ? ',' : ''}"${list[i]!.replace(/["\\]/g, '\\$&')}"`;
  return `${out}}`;
}
