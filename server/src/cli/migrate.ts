/** `migrate`: brings the schema up to the installed version, or some steps down. */
import type { Command } from 'commander';
import { readSettings } from '../config/settings.js';
import { SetupProblem } from '../config/setup-problem.js';
import { withDatabase } from '../config/with-database.js';
import { migrateQueue } from '../jobs/migrate-queue.js';
import { migrate } from '../store/migrate.js';
import { EXIT } from './exit-codes.js';
import { provision } from './open-database.js';
import { wholeNumber } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';

interface Options {
  readonly down?: number;
}

export function addMigrate(program: Command, frame: CommandFrame): void {
  const command = program
    .command('migrate')
    .description('Bring the schema up to the installed version.')
    .option('--down <n>', 'take back the last n steps, and what they held', wholeNumber(1, 1000));
  act<Options>(command, frame, (terminal, { down }) =>
    withDatabase(readSettings(frame.at.env), async ({ url, instance }) => {
      if (down && instance)
        throw new SetupProblem(`Rollcall is running on this database (process ${instance.owner.pid}): stop it first.`);
      const { owner } = await provision(url);
      const { applied } = down ? await migrate(owner, 'down', down) : await migrate(owner);
      if (!down) await migrateQueue(owner);
      const words = down ? 'Taken back' : 'Applied';
      terminal.result({ direction: down ? 'down' : 'up', steps: applied }, () =>
        applied.length > 0 ? `${words}: ${applied.join(', ')}.` : 'The schema is at the installed version.',
      );
      return EXIT.ok;
    }),
  );
}
