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
  /** Asked before each repeat; without it only the policy counts. */
  readonly mayRepeat?: () => boolean;
}

export interface Task<A extends Answer> extends Surroundings {
  readonly attempt: (number: number, remainingMs: number) => Promise<A | Exclude<Outcome, Answer>>;
  /** Settles outcomes that this task sees otherwise than the table, for example a 404 that is an answer. */
  readonly judge?: (outcome: Outcome) => Verdict | null;
  /** Called once on the first 401; the attempt that follows uses a new token. */
  readonly reauthenticate?: () => void;
  /** For a call that must not take effect twice. */
  readonly once?: Once<A>;
}

export interface Once<A extends Answer> {
  /** Whether a call that ended so can have taken effect. */
  readonly mayHaveEffect: (outcome: Outcome) => boolean;
  /** Looks whether it has: what it came to, or null when the call may be made again. Without it nothing is repeated on chance. */
  readonly readBack?: (() => Promise<A | null>) | undefined;
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
    if (verdict.action === 'fail' || verdict.action === 'reauthenticate')
      throw faultFor(verdict.code, outcome, 'waitMs' in outcome ? outcome.waitMs : null);
    const doubtful = task.once?.mayHaveEffect(outcome) ?? false;
    if (doubtful && !task.once?.readBack) throw inDoubt(verdict.code, outcome);
    await pause(task, number, verdict, outcome, deadline);
    const done = doubtful ? await task.once!.readBack!() : null;
    if (done) return { answer: done, attempts: number };
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
  if (number >= policy.maxAttempts || tooLong || task.mayRepeat?.() === false)
    throw faultFor(verdict.code, outcome, asked);
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
  invalid_configuration: 'The source’s address is one that this installation does not call.',
  source_bad_response: 'The source gave an answer that cannot be used.',
};

/** The caller must look before it asks again. */
function inDoubt(code: FaultCode, outcome: Outcome): Fault {
  const text = 'The source did not say whether it made the change; it was not asked a second time.';
  return new Fault(code, text, { internal: described(outcome) });
}

function faultFor(code: FaultCode, outcome: Outcome, retryAfterMs?: number | null): Fault {
  const wait = retryAfterMs == null ? {} : { retryAfterMs };
  const text = outcome.kind === 'untrusted' ? untrusted : (sentences[code] ?? 'The source failed.');
  return new Fault(code, text, { internal: described(outcome), ...wait });
}

const untrusted =
  'The source cannot prove who it is: its certificate is out of date, for another host, or of unknown origin.';
