/**
 * Repeats an attempt until its verdict is final: waits with jitter or as long as the source asks, within a number of attempts
 * and a deadline. A wait too long to sleep through becomes a fault that carries it, so that the job is put off instead.
 */
import { Fault, type FaultCode } from '@rollcall/core';
import type { CallContext } from '../contracts.js';
import type { Ports } from '../ports.js';
import { backoffMs, type Backoff } from './backoff.js';
import { described, retryReason, type Answer, type Outcome } from './outcome.js';
import { verdictOf, type Verdict } from './verdicts.js';

export interface RetryPolicy extends Backoff {
  readonly maxAttempts: number;
  /** For all attempts and waits together. */
  readonly deadlineMs: number;
  /** The longest wait that is slept through. */
  readonly maxWaitMs: number;
}

export interface Surroundings {
  /** For logs and metrics, for example `users.list`. */
  readonly operation: string;
  readonly context: CallContext;
  readonly policy: RetryPolicy;
  readonly ports: Ports;
}

export interface Task<A extends Answer> extends Surroundings {
  readonly attempt: (number: number, remainingMs: number) => Promise<A | Exclude<Outcome, Answer>>;
  /** Settles outcomes that this task sees otherwise than the table, for example a 404 that is an answer. */
  readonly judge?: (outcome: Outcome) => Verdict | null;
  /** Called once on the first 401; the attempt that follows uses a new token. */
  readonly reauthenticate?: () => void;
}

export async function untilVerdict<A extends Answer>(task: Task<A>): Promise<{ answer: A; attempts: number }> {
  const { clock } = task.ports;
  const deadline = clock.now() + task.policy.deadlineMs;
  let mayReauthenticate = task.reauthenticate !== undefined;
  let reason = 'first';
  for (let number = 1; ; number += 1) {
    task.ports.metrics.count('rollcall_http_client_attempts_total', { reason });
    const outcome = await task.attempt(number, deadline - clock.now());
    reason = retryReason(outcome);
    const verdict = task.judge?.(outcome) ?? verdictOf(outcome, clock.now());
    if (verdict.action === 'ok') return { answer: outcome as A, attempts: number };
    if (verdict.action === 'reauthenticate' && mayReauthenticate) {
      mayReauthenticate = false;
      task.reauthenticate?.();
      continue;
    }
    if (verdict.action === 'fail' || verdict.action === 'reauthenticate') throw faultFor(verdict.code, outcome);
    await pause(task, number, verdict, outcome, deadline);
  }
}

type Waiting = Extract<Verdict, { action: 'retry' | 'retry-after' }>;

async function pause(
  task: Surroundings,
  number: number,
  verdict: Waiting,
  outcome: Outcome,
  deadline: number,
): Promise<void> {
  const { policy, ports, context } = task;
  const asked = verdict.action === 'retry-after' ? verdict.ms : null;
  const ms = Math.max(asked ?? 0, backoffMs(policy, number, ports.random));
  const tooLong = ms > policy.maxWaitMs || ports.clock.now() + ms >= deadline;
  if (number >= policy.maxAttempts || tooLong) throw faultFor(verdict.code, outcome, asked);
  context.onRetry?.({ waitMs: ms, asked: asked !== null && asked > 0 });
  ports.log.warn('http.request-retried', {
    operation: task.operation,
    correlationId: context.correlationId,
    attempt: number,
    outcome: described(outcome),
    waitMs: ms,
  });
  await ports.clock.sleep(ms, context.signal);
  context.signal.throwIfAborted();
}

const sentences: Partial<Record<FaultCode, string>> = {
  source_unreachable: 'The source does not answer.',
  source_unauthorised: 'The source refused our credentials.',
  source_rate_limited: 'The source asks us to slow down.',
  source_bad_response: 'The source gave an answer that cannot be used.',
};

function faultFor(code: FaultCode, outcome: Outcome, retryAfterMs: number | null = null): Fault {
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  return new Fault(code, sentences[code] ?? 'The source failed.', { internal: described(outcome), ...wait });
}
