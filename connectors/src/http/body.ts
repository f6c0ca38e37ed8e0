/** From raw bytes to JSON, strictly: what is empty, not UTF-8, a web page or cut short is unreadable, never an empty answer. */
import { isAscii, isUtf8 } from 'node:buffer';
import { failure, type Failure } from './outcome.js';

export type JsonBody = { readonly json: unknown } | Failure;

export function jsonBody(bytes: Buffer): JsonBody {
  if (bytes.length === 0) return failure('unreadable', 'the body is empty');
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) return failure('unreadable', 'the body is not UTF-8');
  const text = ascii ? bytes.toString('latin1') : bytes.toString('utf8');
  try {
    return { json: JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) };
  } catch {
    // The parser's own message quotes the body, which may hold personal data.
    return failure(
      'unreadable',
      text.trimStart().startsWith('<') ? 'the body is a web page' : 'the body is not whole JSON',
    );
  }
}
