/** Reads a list's query string; anything the API would refuse is refused here with its words. */
import { type Condition, parseFilter } from './filter.js';
import type { Preset } from '../presets.js';
import { Refusal } from '../answers.js';

export interface ListQuery {
  limit: number;
  offset: number;
  sort: string;
  descending: boolean;
  condition: Condition | undefined;
  fields: string[] | undefined;
  search: string;
  /** equal for queries that select the same rows in the same order */
  selection: string;
}

function wholeNumber(text: string | null, name: string, least: number, most: number, fallback: number): number {
  if (text === null) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new Refusal(400, `Invalid ${name}: expected a whole number from ${least} to ${most}.`);
  }
  return value;
}

export function readFields(params: URLSearchParams): string[] | undefined {
  const names = (params.get('fields') ?? '').split(',').map((name) => name.trim());
  const wanted = names.filter((name) => name !== '');
  return wanted.length > 0 ? wanted : undefined;
}

export function readListQuery(params: URLSearchParams, preset: Preset): ListQuery {
  const orderBy = params.get('orderBy') ?? 'asc';
  if (orderBy !== 'asc' && orderBy !== 'desc') throw new Refusal(400, 'Invalid orderBy: expected asc or desc.');
  const sort = params.get('sort') || 'sourcedId';
  if (!/^\w+(\.\w+)?$/.test(sort)) throw new Refusal(400, 'Invalid sort: expected one field name.');
  const filter = params.get('filter') ?? '';
  const search = (params.get('search') ?? '').toLowerCase();
  return {
    limit: wholeNumber(params.get('limit'), 'limit', 1, preset.maxLimit, preset.defaultLimit),
    offset: wholeNumber(params.get('offset'), 'offset', 0, Number.MAX_SAFE_INTEGER, 0),
    sort,
    descending: orderBy === 'desc',
    condition: filter.trim() === '' ? undefined : parseFilter(filter, preset),
    fields: readFields(params),
    search,
    selection: JSON.stringify([filter, sort, orderBy, search]),
  };
}
