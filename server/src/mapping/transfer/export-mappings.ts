/** Exports an integration's links as CSV or JSON lines, page by page, as they are while it reads; what went out can be imported again. */
import { entityNames, type EntityName } from '@rollcall/core';
import type { Database } from '../../store/database.js';
import type { Link, LinkState } from '../../store/mappings/link.js';
import { searchLinks } from '../../store/mappings/look-up.js';
import { guarded } from './formula.js';
import type { TransferFormat } from './read-rows.js';

export interface ExportWish {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly entity?: EntityName | undefined;
  readonly state?: LinkState | undefined;
  readonly format: TransferFormat;
}

const pageRows = 5_000;

/** Blocks of text. */
export async function* exportMappings(db: Database, wish: ExportWish): AsyncGenerator<string> {
  const { tenantId, integrationId, state, format } = wish;
  if (format === 'csv') yield 'entity,externalId,localId,state,version\r\n';
  const line = format === 'csv' ? csvLine : jsonLine;
  for (const entity of wish.entity ? [wish.entity] : entityNames) {
    let after: string | undefined;
    for (;;) {
      const filter = { integrationId, entity, state, after };
      const links = await db.withTenant(tenantId, (tx) => searchLinks(tx, tenantId, filter, pageRows));
      if (links.length > 0) yield links.map(line).join('');
      if (links.length < pageRows) break;
      after = links.at(-1)!.externalId;
    }
  }
}

const csvLine = ({ entity, externalId, localId, state, version }: Link): string =>
  `${entity},${cell(guarded(externalId))},${localId},${state},${version}\r\n`;

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const jsonLine = ({ entity, externalId, localId, state, version }: Link): string =>
  `${JSON.stringify({ entity, externalId, localId, state, version })}\n`;
