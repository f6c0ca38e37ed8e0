/** The event that a run's move leaves behind. Every move leaves one, whoever makes it. */
import { finalRunStates, type NewRunEvent, type RunState } from '@rollcall/core';

export function eventOfMove(to: RunState, why: { reason?: string | null; resumeInMs?: number }): NewRunEvent {
  // Why somebody cancelled a run is a person's text: it stands with the run.
  const reason = to === 'cancelled' ? null : (why.reason?.slice(0, 500) ?? null);
  if (to === 'paused')
    return { kind: 'run.paused', figures: { reason, resumeInMs: why.resumeInMs ? Math.round(why.resumeInMs) : null } };
  if (to === 'needs_attention') return { kind: 'run.stopped', figures: { reason } };
  if (finalRunStates.includes(to)) return { kind: 'run.ended', figures: { state: to, reason } };
  return { kind: 'step.begun', figures: { step: to } };
}
