/** Notes what the plan of an entity came to, in the transaction that wrote the plan. */
import type { Entity, EntityCounts } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { recordEvent } from '../store/run-events.js';
import { scopeOf, type RunContext } from './run-context.js';

const told = [
  ...(['planned', 'absent', 'unchanged', 'rejected', 'declined', 'held', 'blocked', 'missing'] as const),
  ...(['duplicate', 'ignored'] as const),
] as const;

export async function tellPlan(
  tx: Tx,
  context: RunContext,
  entity: Entity,
  counts: Partial<EntityCounts>,
  startedAt: number,
): Promise<void> {
  const seconds = Math.max(0, context.clock.now() - startedAt) / 1000;
  const figures = Object.fromEntries(told.map((name) => [name, counts[name] ?? 0])) as Record<
    (typeof told)[number],
    number
  >;
  const event = { kind: 'plan.completed', entity: entity.name, figures: { ...figures, seconds } } as const;
  await recordEvent(tx, scopeOf(context), event);
}
