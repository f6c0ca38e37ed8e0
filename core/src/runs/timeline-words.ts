/** What an event of a run says to a person: one line of plain words with its figures, and nothing that is not in it. */
import type { RunEvent, RunEventFigures } from './run-event.js';
import type { RunMode } from './run-report.js';
import type { RunState } from './run-state.js';

/** `before` are the events of the run up to this one. */
export function wordsOf(event: RunEvent, before: readonly RunEvent[]): string {
  const entity = event.entity === null ? '' : `${event.entity}: `;
  switch (event.kind) {
    case 'run.requested':
      return `asked for: ${modes[event.figures.mode]} (${event.figures.trigger})`;
    case 'attempt.started':
      return attempt(event, before);
    case 'step.begun':
      return stepWords(event.figures.step, before);
    case 'source.waited':
      return entity + waited(event.figures);
    case 'read.begun-anew':
      return `${entity}read anew, because ${event.figures.because ?? 'it did not add up'}`;
    case 'read.completed':
      return entity + read(event.figures);
    case 'plan.completed':
      return entity + planned(event.figures);
    case 'hold.opened':
    case 'hold.refreshed':
      return held(event);
    case 'hold.closed':
      return `hold of ${rows(event.figures.rows)} of ${event.entity} closed: ${event.figures.because ?? 'nothing is left of it'}`;
    case 'hold.decided':
      return `a person ${event.figures.decision} ${rows(event.figures.rows)} of ${event.entity} that were held`;
    case 'turn.taken':
      return `waited ${duration(event.figures.seconds * 1000)} for another integration’s run`;
    case 'apply.completed':
      return entity + applied(event.figures);
    default:
      return ending(event);
  }
}

type Ending = Extract<RunEvent, { kind: 'run.paused' | 'run.rested' | 'run.woken' | 'run.stopped' | 'run.ended' }>;

function ending(event: Ending): string {
  switch (event.kind) {
    case 'run.paused': {
      const { reason, resumeInMs } = event.figures;
      return `paused${because(reason)}${resumeInMs === null ? '' : ` It goes on in ${duration(resumeInMs)}.`}`;
    }
    case 'run.rested':
      return 'stopped, because a person paused the integration';
    case 'run.woken':
      return 'a person let the integration go on';
    case 'run.stopped':
      return `waits for a person${because(event.figures.reason)}`;
    case 'run.ended':
      return `${event.figures.state.replaceAll('_', ' ')}${because(event.figures.reason)}`;
  }
}

const modes: Readonly<Record<RunMode, string>> = {
  full: 'a full sync',
  plan: 'a plan',
  incremental: 'an incremental sync',
  records: 'a sync of marked records',
  apply: 'what was approved of a hold',
  undo: 'the undoing of a run',
};

const steps: Readonly<Partial<Record<RunState, string>>> = {
  fetching: 'reading begins',
  staged: 'everything is read; planning begins',
  planned: 'the plan stands',
  awaiting_approval: 'the plan waits for approval',
  applying: 'applying begins',
  verifying: 'everything is applied; verifying begins',
};

/** A run that stopped enters its steps again, and passes those that are behind it. */
const again: Readonly<Partial<Record<RunState, string>>> = {
  fetching: 'reading goes on',
  staged: 'everything is read',
  applying: 'applying goes on',
  verifying: 'everything is applied',
};

function stepWords(step: RunState, before: readonly RunEvent[]): string {
  const entered = before.some((earlier) => earlier.kind === 'step.begun' && earlier.figures.step === step);
  return (entered ? again[step] : undefined) ?? steps[step] ?? step.replaceAll('_', ' ');
}

function attempt(event: RunEvent & { kind: 'attempt.started' }, before: readonly RunEvent[]): string {
  const { silentMs } = event.figures;
  if (silentMs !== null) return `the worker died; attempt ${event.attempt} went on after ${duration(silentMs)}`;
  if (event.attempt > 1) return `attempt ${event.attempt} went on`;
  const asked = before.find((earlier) => earlier.kind === 'run.requested');
  const waitMs = asked ? event.at.getTime() - asked.at.getTime() : 0;
  return waitMs < 1000 ? 'a worker took it up' : `a worker took it up after ${duration(waitMs)}`;
}

function waited({ times, longestMs }: RunEventFigures<'source.waited'>): string {
  if (times === 1) return `waited ${duration(longestMs)} because the source asked for it`;
  return `waited up to ${duration(longestMs)}, ${number(times)} times, because the source asked for it`;
}

function read(figures: RunEventFigures<'read.completed'>): string {
  const { rows: count, pages, retries, rate, partial, fullBecause, incomplete } = figures;
  return list([
    `${number(count)} ${partial ? 'changed ones ' : ''}read in ${number(pages)} ${pages === 1 ? 'page' : 'pages'}`,
    retries > 0 && `${number(retries)} retried`,
    rate > 0 && `${number(rate)} rows/s`,
    fullBecause !== null && `in full, because ${fullBecause}`,
    incomplete !== null && `not complete, so nothing is removed: ${incomplete}`,
  ]);
}

function planned(figures: RunEventFigures<'plan.completed'>): string {
  const { planned: fromFeed, absent, unchanged, rejected, declined, held: heldBack, blocked, missing } = figures;
  const { duplicate, ignored } = figures;
  const changes = fromFeed + absent;
  return list([
    changes > 0 ? `${number(changes)} ${changes === 1 ? 'change' : 'changes'} planned` : 'nothing to change',
    unchanged > 0 && `${number(unchanged)} unchanged`,
    rejected > 0 && `${number(rejected)} rejected`,
    declined > 0 && `${number(declined)} declined before`,
    duplicate > 0 && `${number(duplicate)} given twice`,
    ignored > 0 && `${number(ignored)} ended and never known here`,
    missing > 0 && `${number(missing)} missing at the source`,
    heldBack > 0 && `${number(heldBack)} held back`,
    blocked > 0 && `${number(blocked)} blocked`,
  ]);
}

const nouns = {
  create: 'creation',
  update: 'update',
  reactivate: 'reactivation',
  deactivate: 'deactivation',
  relink: 're-link',
  match: 'possible match',
  rekey: 'new id',
  reuse: 'reused id',
} as const;

function held(event: Extract<RunEvent, { kind: 'hold.opened' | 'hold.refreshed' }>): string {
  const { operation, rows: count } = event.figures;
  const what = `${number(count)} ${nouns[operation]}${count === 1 ? '' : 's'} of ${event.entity}`;
  const begin = event.kind === 'hold.opened' ? 'held' : 'still held';
  return `${begin}: ${what}${event.holdReason === null ? '' : ` at ${event.holdReason}`}`;
}

function applied(figures: RunEventFigures<'apply.completed'>): string {
  const { created, updated, reactivated, deactivated, linked = 0, chunks, rate } = figures;
  const done = list([
    created > 0 && `${number(created)} created`,
    updated > 0 && `${number(updated)} updated`,
    reactivated > 0 && `${number(reactivated)} reactivated`,
    deactivated > 0 && `${number(deactivated)} deactivated`,
    linked > 0 && `${number(linked)} linked`,
  ]);
  const pace = rate > 0 ? `, ${number(rate)} rows/s` : '';
  return `${done || 'nothing was left to apply'} in ${number(chunks)} ${chunks === 1 ? 'chunk' : 'chunks'}${pace}`;
}

const because = (reason: string | null): string =>
  reason === null ? '' : `: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}`;

const rows = (count: number): string => `${number(count)} ${count === 1 ? 'row' : 'rows'}`;

const list = (parts: readonly (string | false)[]): string => parts.filter((part) => part !== false).join(', ');

const number = (value: number): string => value.toLocaleString('en-US');

/** 800 ms, 8 s, 2 min 5 s. */
function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const whole = Math.round(ms / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
