/** The digest of a page's keys in their order, by which a page that was given before is recognised. */
import { hash } from 'node:crypto';

/** sha256 as hex; `null` stands for a row whose key could not be read. */
export function keysDigest(keys: readonly (string | null)[]): string {
  let text = '';
  for (const key of keys) text += key === null ? '-' : `${key.length}:${key}`;
  return hash('sha256', text, 'hex');
}
