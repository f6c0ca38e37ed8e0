/** What approving and declining have in common at the terminal: their options, their turn, and what to do when they are refused. */
import type { Command } from 'commander';
import type { Hold } from '../../store/holds.js';
import type { Decision } from '../../sync/decide-hold.js';
import { chooseTenant } from '../../store/tenants.js';
import { advised } from '../advice.js';
import { commandText } from '../command-text.js';
import { addDecisionOptions, digestText, selectionOf, type DecisionOptions } from '../decision-options.js';
import { operatingUser } from '../operating-user.js';
import type { Surroundings } from '../surroundings.js';
import { number } from '../table.js';
import type { Terminal } from '../terminal.js';
import { inTurn } from '../wait-turn.js';
import type { LentRollcall } from '../with-rollcall.js';
import { holdOf } from './hold-of.js';

export interface HoldOptions extends DecisionOptions {
  readonly digest: string;
}

export const addHoldOptions = (command: Command): Command =>
  addDecisionOptions(
    command.requiredOption('--digest <digest>', 'what was seen, as "holds show" prints it', digestText),
  );

export interface Deciding {
  readonly at: Surroundings;
  readonly terminal: Terminal;
  readonly rollcall: LentRollcall;
}

/** Hands the decision to `use`, which carries it out, and says what is left of the hold by `terminal`. */
export async function decideHold<T>(
  { at, terminal, rollcall }: Deciding,
  options: HoldOptions,
  id: string,
  use: (decision: Decision) => Promise<T>,
): Promise<{ tenantId: string; hold: Hold; outcome: T }> {
  const { id: tenantId } = await chooseTenant(rollcall.db, options.tenant);
  const hold = await holdOf(rollcall.db, tenantId, id);
  const { digest, reason, wait = false } = options;
  const decision = { tenantId, holdId: id, digest, reason, rows: selectionOf(options), actor: operatingUser() };
  try {
    const of = { tenantId, integrationId: hold.integrationId, wait };
    return { tenantId, hold, outcome: await inTurn(at, terminal, rollcall, of, () => use(decision)) };
  } catch (error) {
    const again = commandText(['holds', 'show', id], options.tenant);
    throw advised(error, {
      stale_decision: `Nothing was decided. Look at it as it is now with "${again}", and decide with the digest that stands there.`,
      busy: 'Nothing was decided. Try again when that run is over, or add --wait.',
      invalid_input: `Nothing was decided. Look at its rows with "${again}".`,
    });
  }
}

/** What a person still has to decide of a hold after a part of it was decided; empty when nothing is left. */
export function leftText({ id, state, rows, digest }: Hold, tenant: string | undefined): string {
  if (state === 'closed') return '';
  const next = commandText(['holds', 'show', id], tenant);
  return `${number(rows)} rows of the hold still wait, with digest ${digest}. See them with "${next}".`;
}
