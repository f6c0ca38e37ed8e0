/** A tenant with so many invented users, each with a mapping, made inside the database: how they came there is not measured. */
import type { ThrowawayServer } from '../throwaway-server.js';
import type { MappingParts } from './mapping-parts.js';

export interface Filled {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly records: number;
}

export const externalIdAt = (at: number): string => `student-${at.toString(16).padStart(8, '0')}-source`;

interface Task {
  readonly server: ThrowawayServer;
  readonly parts: MappingParts;
  readonly url: string;
  readonly records: number;
  readonly log: (line: string) => void;
}

export async function fillMappings({ server, parts, url, records, log }: Task): Promise<Filled> {
  const began = performance.now();
  const scope = await openTenant(parts, url, 'filled');
  await server.query(
    'product',
    `ALTER TABLE external_system_mappings DISABLE TRIGGER USER;
     INSERT INTO external_system_mappings (tenant_id, integration_id, entity, external_id, local_id, projection_version)
     SELECT '${scope.tenantId}', '${scope.integrationId}', 'users',
       'student-' || lpad(to_hex(n), 8, '0') || '-source', md5(n::text)::uuid, 1 FROM generate_series(1, ${records}) n;
     ALTER TABLE external_system_mappings ENABLE TRIGGER USER;`,
  );
  await server.query('product', 'VACUUM ANALYZE external_system_mappings');
  await server.checkpoint();
  log(`mapping: ${records} mappings are there after ${Math.round((performance.now() - began) / 1000)} s`);
  return { ...scope, records };
}

export async function openTenant(parts: MappingParts, url: string, name: string): Promise<Omit<Filled, 'records'>> {
  const db = new parts.Database(url, { connections: 2 });
  try {
    const { id: tenantId } = await parts.ensureTenant(db, name);
    const { id: integrationId } = await db.withTenant(tenantId, (tx) =>
      parts.addIntegration(tx, { tenantId, name, kind: 'mock', settings: {} }),
    );
    return { tenantId, integrationId };
  } finally {
    await db.close();
  }
}
