/** The story of a run for people: its events in order, each with its step, how long it took and what happened in words. Pure. */
import { z } from 'zod';
import { entityNames } from '../roster/entities.js';
import type { EntityName } from '../roster/field.js';
import { runEventKinds, type RunEvent, type RunEventKind } from './run-event.js';
import { finalRunStates, runStates, type RunState } from './run-state.js';
import { wordsOf } from './timeline-words.js';

export const timelineLineSchema = z
  .object({
    at: z.iso.datetime(),
    attempt: z.int().min(0),
    /** The step that the run was at. */
    step: z.enum(runStates),
    entity: z.enum(entityNames as [EntityName, ...EntityName[]]).nullable(),
    kind: z.enum(runEventKinds as [RunEventKind, ...RunEventKind[]]),
    /** How long it took, or lasted; null where nobody knows or it is not over. */
    seconds: z.number().nullable(),
    text: z.string(),
    figures: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'TimelineLine' });
export type TimelineLine = z.infer<typeof timelineLineSchema>;

export function timelineOf(events: readonly RunEvent[]): TimelineLine[] {
  let step: RunState = 'queued';
  return events.map((event, i) => {
    if (event.kind === 'step.begun') step = event.figures.step;
    return {
      at: event.at.toISOString(),
      attempt: event.attempt,
      step: event.kind === 'run.ended' ? event.figures.state : step,
      entity: event.entity,
      kind: event.kind,
      seconds: secondsOf(event, events, i),
      text: wordsOf(event, events.slice(0, i)),
      figures: event.figures,
    };
  });
}

/** A step lasts until the next one or until the run stops; a pause until the run is taken up again or ends. */
const ends: Readonly<Partial<Record<RunEventKind, readonly RunEventKind[]>>> = {
  'step.begun': ['step.begun', 'run.paused', 'run.rested', 'run.stopped', 'run.ended', 'attempt.started'],
  'run.paused': ['attempt.started', 'run.rested', 'run.stopped', 'run.ended'],
  'run.rested': ['run.woken', 'run.ended'],
};

function secondsOf(event: RunEvent, events: readonly RunEvent[], i: number): number | null {
  if ('seconds' in event.figures) return event.figures.seconds;
  if (event.kind === 'source.waited') return event.figures.longestMs / 1000;
  if (event.kind === 'attempt.started') return event.figures.silentMs && event.figures.silentMs / 1000;
  if (event.kind === 'run.ended') return lifeOf(event, events);
  const ending = ends[event.kind];
  const next = ending && events.slice(i + 1).find((later) => ending.includes(later.kind));
  // Of a step whose worker died nobody knows when it ended.
  if (!next || (event.kind === 'step.begun' && next.kind === 'attempt.started')) return null;
  return between(event, next);
}

/** From the first attempt to the end of the work; being rolled back later is no part of it. */
function lifeOf(event: RunEvent & { kind: 'run.ended' }, events: readonly RunEvent[]): number | null {
  const first = events.find((earlier) => earlier.kind === 'attempt.started');
  const isWork = finalRunStates.includes(event.figures.state) && !event.figures.state.endsWith('rolled_back');
  return first && isWork ? between(first, event) : null;
}

const between = (from: RunEvent, to: RunEvent): number => Math.max(0, to.at.getTime() - from.at.getTime()) / 1000;
