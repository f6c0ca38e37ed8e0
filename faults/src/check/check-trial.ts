/** The whole oracle after a trial: both tenants against their sources, their trails, and all that was said while it lasted. */
import type { EntityName } from '@rollcall/core';
import type { Site } from '../world/site.js';
import { compareHub } from './compare-hub.js';
import { checkTrails, type TrailLimits } from './check-trails.js';
import { findCanaries, queuedWords, spokenWords } from './find-canaries.js';
import { readHub, type Ask } from './hub-snapshot.js';
import { readSource, type SourceSnapshot } from './source-snapshot.js';
import type { Violation } from './violation.js';

export async function checkSite(ask: Ask, site: Site, limits: TrailLimits): Promise<Violation[]> {
  const { tenantId, sandbox, universe, mayBeGone } = site;
  const source = await readSource(sandbox.baseUrl);
  site.remember(source);
  const rejected = await rejectedIds(ask, tenantId, source);
  const hub = await readHub(ask, tenantId);
  const found = compareHub({ source, hub, universe, mayBeGone, rejected });
  found.push(...(await checkTrails(ask, tenantId, limits)));
  for (const [place, text] of await spokenWords(ask, tenantId))
    found.push(...findCanaries(universe.words, place, text));
  return found;
}

/** `texts`: what was said elsewhere than in the database, by place. */
export async function checkSaid(ask: Ask, sites: readonly Site[], texts: Readonly<Record<string, string>>) {
  const words = new Set(sites.flatMap((site) => [...site.universe.words]));
  const places = { ...texts, 'the queue': await queuedWords(ask) };
  return Object.entries(places).flatMap(([place, text]) => findCanaries(words, place, text));
}

/** What was kept out with a reason, and what refers to it. */
async function rejectedIds(ask: Ask, tenantId: string, source: SourceSnapshot): Promise<Set<string>> {
  const rows = await ask<{ entity: EntityName; id: string }>(
    `SELECT entity, external_id AS id FROM rejected_records WHERE tenant_id = $1 AND state = 'open' AND external_id IS NOT NULL`,
    [tenantId],
  );
  return new Set(rows.filter(({ entity, id }) => source.get(entity)?.has(id)).map(({ id }) => id));
}
