/** `mappings check [--repair]`: whether mappings hold together, and mending them where they do not. */
import { Fault } from '@rollcall/core';
import type { Command } from 'commander';
import { checkMappings } from '../../mapping/check-mappings.js';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { reasonText } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { number, table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { integrationOf } from './scope.js';

interface Options {
  readonly integration?: string;
  readonly repair?: boolean;
  readonly reason?: string;
  readonly tenant?: string;
}

export function checkCommand(mappings: Command, frame: CommandFrame): void {
  const command = mappings
    .command('check')
    .description('Find orphans, dangling mappings, doubles and contradicted states; with --repair mend them.')
    .option('--integration <name>', 'only of this external system')
    .option('--repair', 'mend what is found')
    .option('--reason <text>', 'why; needed with --repair', reasonText)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { integration, repair, reason, tenant }) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      if (repair && !reason) throw new Fault('invalid_input', 'A repair needs a --reason.');
      const { id: tenantId } = await chooseTenant(db, tenant);
      const integrationId = integration ? await integrationOf(db, tenantId, integration) : null;
      const by = repair ? { actor: operatingUser(), reason: reason! } : null;
      const check = await checkMappings(db, { tenantId, integrationId }, by);
      terminal.result(check, () =>
        check.faults === 0
          ? 'The mappings hold together.'
          : `${table(
              ['fault', 'entity', 'mappings'],
              check.counts.map(({ kind, entity, count }) => [kind.replace('_', ' '), entity, count]),
            )}\n${number(check.mended)} of ${number(check.faults)} mended.`,
      );
      return check.faults === check.mended ? EXIT.ok : EXIT.attention;
    }),
  );
}
