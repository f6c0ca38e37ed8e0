/** What stands behind --link: a held row and the record of ours that it is. */
import { InvalidArgumentError } from 'commander';
import { isUuid } from '../option-values.js';

export function linkOf(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [row = '', record = '', ...more] = text.split('=').map((id) => id.trim().toLowerCase());
  if (more.length > 0 || !isUuid(row) || !isUuid(record))
    throw new InvalidArgumentError('It must be two local ids, the row and the record, with = between them.');
  if (before[row] !== undefined && before[row] !== record)
    throw new InvalidArgumentError('A row can be one record only.');
  return { ...before, [row]: record };
}
