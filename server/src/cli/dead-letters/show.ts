/** `dead-letters show <id>`: one letter with its corrections, and the commands that settle it. */
import type { Command } from 'commander';
import { correctionsOf, type Correction } from '../../store/corrections.js';
import type { DeadLetter } from '../../store/dead-letters.js';
import { chooseTenant } from '../../store/tenants.js';
import { commandText } from '../command-text.js';
import { EXIT } from '../exit-codes.js';
import { act, type CommandFrame } from '../run-command.js';
import { table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { letterOf } from './letter-of.js';

export function showLetterCommand(letters: Command, frame: CommandFrame): void {
  const show = letters
    .command('show')
    .description('A dead letter, what was corrected for it, and how to settle it.')
    .argument('<id>')
    .option('--tenant <name>', 'needed only where there are several');
  act<{ tenant?: string }>(show, frame, (terminal, { tenant }, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const letter = await letterOf(db, tenantId, id!);
      const corrections = await db.withTenant(tenantId, (tx) => correctionsOf(tx, { tenantId, id: letter.id }));
      terminal.result({ ...letter, corrections }, () => letterText(letter, corrections, tenant));
      return EXIT.ok;
    }),
  );
}

export function letterText(letter: DeadLetter, corrections: readonly Correction[], tenant?: string): string {
  const facts = [
    ['integration', letter.integration],
    ['kind', letter.kind],
    ...(letter.entity === null ? [] : [['record', `${letter.entity} ${letter.externalId}`]]),
    ['why', `${letter.code}: ${letter.reason}`],
    ['class', letter.errorClass],
    ['fingerprint', letter.fingerprint],
    ['state', letter.settledReason ? `${letter.state}: ${letter.settledReason}` : letter.state],
    ['tries', String(letter.attempts)],
    ['seen', `${letter.firstSeenAt.toISOString()} to ${letter.lastSeenAt.toISOString()}`],
    ['run', letter.runId],
    ...(letter.replayRunId === null ? [] : [['replayed by', letter.replayRunId]]),
  ];
  const made = corrections.map((c) => [c.field, JSON.stringify(c.value), c.state, c.actor, c.reason]);
  return [
    table(['letter', letter.id], facts),
    ...(made.length > 0 ? ['', table(['field', 'corrected to', 'state', 'by', 'why'], made)] : []),
    ...(letter.state === 'open' ? nextSteps(letter, tenant) : []),
  ].join('\n');
}

function nextSteps({ id, kind }: DeadLetter, tenant: string | undefined): string[] {
  const command = (...words: string[]) => `  ${commandText(['dead-letters', ...words, '--reason', '"<why>"'], tenant)}`;
  return [
    '',
    'Settle it with one of these:',
    ...(kind === 'decision' ? [] : [command('replay', id)]),
    ...(kind === 'record' ? [command('edit', id, '--set', '<field>=<value>')] : []),
    command('discard', id),
  ];
}
