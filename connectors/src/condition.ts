/** Turns checks that may throw into results that never do: health checks and step-by-step connection tests. */
import { Fault } from '@rollcall/core';
import type { ConnectionTest, HealthCheck, TestStep } from './contracts.js';
import type { Clock } from './ports.js';

/** A fault's own sentence; anything else is told by its name only, as its text may hold what it must not. */
export function reasonOf(error: unknown): string {
  if (error instanceof Fault) return error.publicText;
  return error instanceof Error && error.name === 'TimeoutError'
    ? 'The source did not answer in time.'
    : 'The check failed.';
}

export async function measuredHealth(
  clock: Clock,
  check: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<HealthCheck> {
  const startedAt = clock.now();
  const result = (
    status: HealthCheck['status'],
    reason: string | null,
    detail: HealthCheck['detail'],
  ): HealthCheck => ({
    status,
    reason,
    detail,
    checkedAt: new Date(startedAt).toISOString(),
    durationMs: clock.now() - startedAt,
  });
  try {
    return result('healthy', null, await check());
  } catch (error) {
    // A source that asks us to slow down is up.
    const limited = error instanceof Fault && error.code === 'source_rate_limited';
    return result(
      limited ? 'degraded' : 'unhealthy',
      reasonOf(error),
      error instanceof Fault ? { code: error.code } : {},
    );
  }
}

/** Runs every step, also after one failed: a refusal of one collection says nothing about the others. */
export async function testedSteps(
  steps: readonly (readonly [name: string, run: () => Promise<string>])[],
): Promise<ConnectionTest> {
  const done: TestStep[] = [];
  for (const [name, run] of steps) {
    try {
      done.push({ name, ok: true, message: await run() });
    } catch (error) {
      const next = error instanceof Fault ? ` ${error.nextStep}` : '';
      done.push({ name, ok: false, message: `${reasonOf(error)}${next}` });
    }
  }
  return { ok: done.every((step) => step.ok), steps: done };
}
