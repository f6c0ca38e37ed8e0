/** The query of a read: the standard's six parameters, each once and within bounds, and the links to a page's neighbours. */
import { ProviderRefusal } from './refusal.js';

export interface Parameters {
  readonly limit: number;
  readonly offset: number;
  readonly sort: string | undefined;
  readonly orderBy: string | undefined;
  readonly filter: string | undefined;
  readonly fields: string | undefined;
}

/** The standard's when none is given. */
const usualLimit = 100;
/** More are asked for in vain: a page has so many at most, and the links go on from there. */
export const mostRecords = 10_000;
const mostOffset = 2_147_483_647 - mostRecords;

const ofCollections = ['limit', 'offset', 'sort', 'orderBy', 'filter', 'fields'];
const ofSingles = ['fields'];

/** Throws ProviderRefusal. */
export function readParameters(query: URLSearchParams, kind: 'collection' | 'single'): Parameters {
  const known = kind === 'collection' ? ofCollections : ofSingles;
  const names = [...query.keys()];
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) throw refused(`This address takes ${known.join(', ')}, and nothing else.`);
  const twice = names.find((name, at) => name !== 'fields' && names.indexOf(name) !== at);
  if (twice !== undefined) throw refused(`${twice} is given twice.`);
  const fields = query.has('fields') ? query.getAll('fields').join(',') : undefined;
  const of = (name: string): string | undefined => query.get(name) ?? undefined;
  return {
    limit: Math.min(wholeNumber('limit', of('limit'), 1, usualLimit), mostRecords),
    offset: Math.min(wholeNumber('offset', of('offset'), 0, 0), mostOffset),
    sort: of('sort'),
    orderBy: of('orderBy'),
    filter: of('filter'),
    fields,
  };
}

function wholeNumber(name: string, text: string | undefined, least: number, usual: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= least && value <= 2_147_483_647) return value;
  throw refused(`${name} is a whole number from ${least}.`);
}

/** The header `Link` with the other parameters as they were given; nothing where all is on one page. */
export function linksOf(
  address: string,
  query: URLSearchParams,
  { limit, offset }: Parameters,
  total: number,
): Record<string, string> {
  const last = Math.max(0, Math.floor((total - 1) / limit) * limit);
  const at: [rel: string, offset: number, there: boolean][] = [
    ['first', 0, true],
    ['prev', Math.max(0, Math.min(offset, last + limit) - limit), offset > 0],
    ['next', offset + limit, offset + limit < total],
    ['last', last, true],
  ];
  const links = at
    .filter(([, , there]) => there)
    .map(([rel, to]) => {
      const pairs = new URLSearchParams(query);
      pairs.set('limit', String(limit));
      pairs.set('offset', String(to));
      return `<${address}?${pairs.toString()}>; rel="${rel}"`;
    });
  return { link: links.join(', ') };
}

const refused = (text: string): ProviderRefusal => new ProviderRefusal('invaliddata', text);
