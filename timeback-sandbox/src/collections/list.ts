/** One page of a collection as the API sends it, with the page faults of the moment applied. */
import { type Answer, Refusal } from '../answers.js';
import { rowsAt } from './positions.js';
import { countShown, shownAt } from './shown.js';
import { type ListQuery, readListQuery } from '../query/parameters.js';
import type { Collection } from './catalogue.js';
import type { Hits } from '../faults/rules.js';
import { oneRosterPage } from '../oneroster/page.js';
import { oneRosterQuery } from '../oneroster/query.js';
import type { Page } from '../district/page.js';
import type { PagePool } from './page-pool.js';
import type { Preset } from '../presets.js';
import { Selections } from '../query/select.js';
import type { View } from '../view.js';
import { keepFields } from '../query/fields.js';
import { vanish } from '../control/vanish.js';

export interface ListRequest {
  view: View;
  selections: Selections;
  preset: Preset;
  collection: Collection;
  params: URLSearchParams;
  hits: Hits;
  pages: PagePool;
  /** To be said of an edit. */
  edited: () => void;
}

export async function list(request: ListRequest): Promise<Answer> {
  const { view, collection, hits, preset } = request;
  const query = spoiledQuery(readListQuery(request.params, preset), request);
  if (hits.clamp) query.limit = Math.min(query.limit, hits.clamp.limit as number);
  if (hits.drift && query.offset > 0) {
    const [row] = rowsAt(view.district, collection, Math.floor(query.offset / 2), 1);
    if (row !== undefined) vanish(view.district, collection.entity, row);
    request.edited();
  }
  const { total, rows } = await pageRows(request, query, hits['ignore-offset'] ? 0 : query.offset);
  const pastEnd = hits['error-past-end'];
  if (pastEnd && query.offset >= total) throw new Refusal((pastEnd.status as number) ?? 404, 'No rows at this offset.');
  const twice = hits['duplicate-rows'];
  if (twice) rows.push(...rows.slice(0, (twice.count as number) ?? 1));
  const ownKey = preset.oneRoster ? collection.entity : collection.listKey;
  const key = hits['wrong-key'] ? `${ownKey}List` : ownKey;
  if (preset.oneRoster) {
    const told = preset.oneRoster.tellsTotals ? announced(total, hits) : undefined;
    return oneRosterPage({ view, collection, profile: preset.oneRoster, query, rows, total: told, listKey: key });
  }
  const page = request.pages.take();
  writeRows(page.text(`{"${key}":[`), request, rows, query.fields);
  page.text(`]${envelope(preset, query, announced(total, hits))}}`);
  return { status: 200, body: page.bytes, sent: () => request.pages.giveBack(page) };
}

/** The query as this platform, under the faults of the moment, carries it out. */
function spoiledQuery(asked: ListQuery, { preset, collection, hits }: ListRequest): ListQuery {
  const query = preset.oneRoster ? oneRosterQuery(asked, preset.oneRoster, collection) : asked;
  if (query.condition && hits['refuse-filter']) throw new Refusal(400, 'Filters are not supported.');
  if (query.condition && hits['ignore-filter']) Object.assign(query, { condition: undefined, selection: 'ignored' });
  query.limit = Math.min(query.limit, preset.clampsAt ?? Infinity);
  if (hits['ignore-limit']) query.limit = Number.MAX_SAFE_INTEGER;
  return query;
}

function writeRows(page: Page, { view, collection }: ListRequest, rows: number[], fields?: string[]): void {
  for (let i = 0; i < rows.length; i += 1) {
    if (i > 0) page.text(',');
    if (fields) page.text(keepFields(view.rowText(collection.entity, rows[i]!), fields));
    else view.write(page, collection.entity, rows[i]!);
  }
}

async function pageRows(request: ListRequest, query: ListQuery, offset: number) {
  const { view, collection, selections } = request;
  if (view.emptied.has(collection.entity)) return { total: 0, rows: [] };
  if (!Selections.isPlain(collection, query)) {
    const selected = await selections.rows(view, collection, query);
    return { total: selected.length, rows: selected.slice(offset, offset + query.limit) };
  }
  const total = countShown(view, collection);
  if (!query.descending) return { total, rows: shownAt(view, collection, offset, query.limit) };
  const end = Math.max(0, total - offset);
  const start = Math.max(0, end - query.limit);
  return { total, rows: shownAt(view, collection, start, end - start).reverse() };
}

/** The total to announce; undefined when it is to be left out. */
function announced(total: number, hits: Hits): number | undefined {
  const wrong = hits['wrong-total'];
  if (!wrong) return total;
  return wrong.absent ? undefined : Math.max(0, total + ((wrong.delta as number) ?? 1));
}

export function envelope(preset: Preset, query: ListQuery, total: number | undefined): string {
  const totalPart = total === undefined ? '' : `,"${preset.totalField}":${total}`;
  if (!preset.fullEnvelope) return totalPart;
  const pages = total === undefined ? '' : `,"pageCount":${Math.ceil(total / query.limit)}`;
  const page = Math.floor(query.offset / query.limit) + 1;
  return `${totalPart}${pages},"pageNumber":${page},"offset":${query.offset},"limit":${query.limit}`;
}
