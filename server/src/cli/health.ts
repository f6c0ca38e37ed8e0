/** `health [integration]` and `health check <integration>`: how the systems that this installation is joined with fare, in words. */
import type { Command } from 'commander';
import { checkIntegration } from '../health/check-integration.js';
import { readAllHealth, readHealth, type IntegrationHealth } from '../health/read-health.js';
import { chooseTenant } from '../store/tenants.js';
import { EXIT } from './exit-codes.js';
import { act, type CommandFrame } from './run-command.js';
import { plain, table } from './table.js';
import { withRollcall } from './with-rollcall.js';

interface Options {
  readonly tenant?: string;
}

export function addHealth(program: Command, frame: CommandFrame): void {
  const health = program
    .command('health')
    .description('How the systems that we are joined with fare: what is on record, without asking them.')
    .argument('[integration]', "one integration's name or id; all of them without it")
    .option('--tenant <name>', 'needed only where there are several')
    .enablePositionalOptions();
  act<Options>(health, frame, (terminal, { tenant }, name) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const now = new Date(frame.at.clock.now());
      const read = await db.withTenant(tenantId, async (tx) =>
        name === undefined ? readAllHealth(tx, tenantId, now) : [await readHealth(tx, tenantId, name, now)],
      );
      const shown = read.map(withoutSettings);
      terminal.result(name === undefined ? shown : shown[0], () =>
        name === undefined ? listText(read) : healthText(read[0]!),
      );
      return EXIT.ok;
    }),
  );
  const check = health
    .command('check')
    .description('Look at its source now: a sign-in and one record.')
    .argument('<integration>', "the integration's name or id")
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(check, frame, (terminal, { tenant }, name) =>
    withRollcall(frame.at, 'app', async ({ db, ports, live }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const wanted = { tenantId, integration: name!, trigger: 'person' } as const;
      const found = await checkIntegration({ ...ports, db, probe: (one) => live.probe(one) }, wanted);
      terminal.result(found, () =>
        [
          `${name}: ${found.status} in ${found.durationMs} ms, score ${found.score} of 100.`,
          found.reason,
          ...found.reasons,
        ]
          .filter((line) => line !== null)
          .map(plain)
          .join('\n'),
      );
      return found.status === 'unhealthy' ? EXIT.failed : EXIT.ok;
    }),
  );
}

/** Settings name secrets. */
const withoutSettings = ({ integration, ...health }: IntegrationHealth) => ({
  integration: Object.fromEntries(Object.entries(integration).filter(([name]) => name !== 'settings')),
  ...health,
});

function listText(all: readonly IntegrationHealth[]): string {
  if (all.length === 0) return 'There is no integration yet.';
  const rows = all.map(({ integration, condition, score, check }) => [
    ...[integration.name, condition.state.replaceAll('_', ' '), score, check.checkedAt?.toISOString().slice(0, 19)],
    condition.sentences[0],
  ]);
  return table(['integration', 'condition', 'score', 'looked at', 'in words'], rows);
}

function healthText({ condition, score, reasons, alerts }: IntegrationHealth): string {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [title, ...lines.map((l) => `  ${l}`)];
  return [
    ...condition.sentences,
    ...(condition.nextStep === null ? [] : [condition.nextStep]),
    score === null ? 'It has no score yet.' : `Score: ${score} of 100.`,
    ...list('Because:', reasons),
    ...list(
      'Alerts:',
      alerts.map(({ sentence }) => sentence),
    ),
    ...list('What still works:', condition.stillWorks),
  ]
    .map(plain)
    .join('\n');
}
