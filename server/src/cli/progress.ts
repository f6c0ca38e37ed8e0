/** Tells in one line how far a run is: the step, the entity, rows, their rate and the time left. Pure: the clock is handed in. */
import { entityNames, type EntityCounts, type EntityName, type RunState } from '@rollcall/core';
import { number } from './table.js';

export interface Snapshot {
  readonly state: RunState;
  readonly reason: string | null;
  readonly phases: readonly { readonly entity: EntityName; readonly state: string }[];
  readonly entities: Readonly<Record<EntityName, EntityCounts>>;
}

export interface Progress {
  readonly step: string;
  readonly entity: EntityName | null;
  readonly done: number;
  /** Null where nobody knows. */
  readonly total: number | null;
}

const steps: Readonly<Partial<Record<RunState, { step: string; phase: readonly string[] }>>> = {
  fetching: { step: 'reading', phase: ['fetching', 'waiting'] },
  staged: { step: 'planning', phase: ['fetched'] },
  planned: { step: 'applying', phase: ['planned', 'applying'] },
  applying: { step: 'applying', phase: ['planned', 'applying'] },
  verifying: { step: 'verifying', phase: ['applied'] },
};

export function progressOf({ state, reason, phases, entities }: Snapshot): Progress {
  const now = steps[state];
  if (!now)
    return {
      step: state === 'queued' ? 'waiting for a worker' : stopped(state, reason),
      entity: null,
      done: 0,
      total: null,
    };
  const entity =
    entityNames.find((name) => now.phase.includes(phases.find((p) => p.entity === name)?.state ?? 'waiting')) ?? null;
  if (entity === null) return { step: now.step, entity, done: 0, total: null };
  const counts = entities[entity];
  if (now.step === 'reading') return { step: now.step, entity, done: counts.read, total: counts.announced };
  return { step: now.step, entity, done: counts.applied, total: counts.planned + counts.absent };
}

const stopped = (state: RunState, reason: string | null): string =>
  `${state.replaceAll('_', ' ')}${reason ? `: ${reason}` : ''}`;

/** Keeps the beginning of each step of each entity, so that its rate can be told. */
export class ProgressMeter {
  #key = '';
  #since = 0;
  #from = 0;

  line(progress: Progress, nowMs: number): string {
    const { step, entity, done, total } = progress;
    if (entity === null) return step;
    const key = `${step} ${entity}`;
    if (key !== this.#key) {
      this.#key = key;
      this.#since = nowMs;
      this.#from = done;
    }
    if (step === 'planning' || step === 'verifying') return key;
    const seconds = (nowMs - this.#since) / 1000;
    const rate = seconds >= 0.5 ? (done - this.#from) / seconds : 0;
    const parts = [`${key.padEnd(26)}${number(done)}${total === null ? '' : ` of ${number(total)}`} records`];
    if (rate >= 1) parts.push(`${number(Math.round(rate))}/s`);
    if (rate >= 1 && total !== null && total > done) parts.push(`${timeLeft((total - done) / rate)} left`);
    return parts.join('  ');
  }
}

export function timeLeft(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
