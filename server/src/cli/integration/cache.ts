/** `integration cache <name>`: what processes keep of its source's answers; `--clear` orders them to forget all, or those of one endpoint. */
import type { Command } from 'commander';
import { findIntegration } from '../../store/integrations.js';
import { cachesOf } from '../../store/source-caches.js';
import { chooseTenant } from '../../store/tenants.js';
import { clearCache } from '../../sync/clear-cache.js';
import { EXIT } from '../exit-codes.js';
import { act, type CommandFrame } from '../run-command.js';
import { table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly clear?: string | boolean;
  readonly tenant?: string;
}

export function integrationCacheCommand(integration: Command, frame: CommandFrame): void {
  const command = integration
    .command('cache')
    .description("What processes keep of its source's answers.")
    .argument('<name>', "the integration's name or id")
    .option('--clear [endpoint]', 'have them forget all answers, or those of one endpoint, for example orgs')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { clear = false, tenant }, name) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      if (clear !== false) {
        const endpoint = typeof clear === 'string' ? clear : null;
        await clearCache(db, { tenantId, integration: name!, endpoint, actor: 'cli' });
        terminal.result({ ordered: true }, () => 'Ordered: processes that run forget them within seconds.');
        return EXIT.ok;
      }
      const found = await db.withTenant(tenantId, async (tx) => {
        const { id: integrationId } = await findIntegration(tx, tenantId, name!);
        return cachesOf(tx, { tenantId, integrationId });
      });
      const rows = found.map((c) => [c.process, c.entries, c.bytes, c.hits, c.revalidated, c.misses, c.evicted]);
      const heads = ['process', 'entries', 'bytes', 'hits', 'revalidated', 'misses', 'evicted'];
      terminal.result(found, () => (rows.length > 0 ? table(heads, rows) : 'No process has asked this source lately.'));
      return EXIT.ok;
    }),
  );
}
