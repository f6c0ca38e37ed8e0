/** `mappings warm`: reads mappings into the cache that processes share, before anyone asks. */
import type { Command } from 'commander';
import { readSettings } from '../../config/settings.js';
import { EXIT } from '../exit-codes.js';
import { act, type CommandFrame } from '../run-command.js';
import { number } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { scopeOf, withScope, type ScopeOptions } from './scope.js';

export function warmCommand(mappings: Command, frame: CommandFrame): void {
  const warm = withScope(mappings.command('warm').description('Read mappings into the cache that processes share.'));
  act<ScopeOptions>(warm, frame, (terminal, options) =>
    withRollcall(
      frame.at,
      'app',
      async ({ db, mappings: service }) => {
        const scope = await scopeOf(db, options);
        const shared = readSettings(frame.at.env).redisUrl !== undefined;
        const warmed = shared ? await service.warm(scope, frame.at.stop) : 0;
        terminal.result({ warmed, shared }, () =>
          shared
            ? `${number(warmed)} mappings are in the cache.`
            : "There is no Redis, so each process has a cache of its own: warm the API's with POST /integrations/:id/mappings/warm.",
        );
        return EXIT.ok;
      },
      { shareRedis: true },
    ),
  );
}
