/** What a command about mappings is about: tenant, integration and entity, as its options name them. */
import { entityNames, type EntityName } from '@rollcall/core';
import { Option, type Command } from 'commander';
import type { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import type { Link, LinkScope } from '../../store/mappings/link.js';
import { chooseTenant } from '../../store/tenants.js';
import { reasonText } from '../option-values.js';
import { table } from '../table.js';

export interface ScopeOptions {
  readonly integration: string;
  readonly entity: EntityName;
  readonly tenant?: string;
}

export interface ReasonOption {
  readonly reason: string;
}

export const entityOption = (): Option => new Option('--entity <name>', 'of which kind').choices(entityNames);

export const withScope = (command: Command): Command =>
  command
    .requiredOption('--integration <name>', 'of which external system')
    .addOption(entityOption().default('users'))
    .option('--tenant <name>', 'needed only where there are several');

export const withReason = (command: Command): Command =>
  command.requiredOption('--reason <text>', 'why; it is kept in the audit trail', reasonText);

/** Throws Fault not_found. */
export async function scopeOf(db: Database, options: ScopeOptions): Promise<LinkScope> {
  const { id: tenantId } = await chooseTenant(db, options.tenant);
  return { tenantId, integrationId: await integrationOf(db, tenantId, options.integration), entity: options.entity };
}

export const integrationOf = async (db: Database, tenantId: string, name: string): Promise<string> =>
  (await db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, name))).id;

export const linksTable = (links: readonly Link[]): string =>
  table(
    ['entity', 'external id', 'our record', 'state', 'version'],
    links.map(({ entity, externalId, localId, state, version }) => [entity, externalId, localId, state, version]),
  );
