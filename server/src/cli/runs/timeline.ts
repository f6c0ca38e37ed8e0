/** `runs timeline <id>`: what happened in a run, line by line; with --follow until it ends or waits for a person. */
import type { Command } from 'commander';
import { finalRunStates, type RunState, type TimelineLine } from '@rollcall/core';
import { findRun } from '../../store/runs.js';
import { chooseTenant } from '../../store/tenants.js';
import { runTimeline, type RunTimeline } from '../../sync/run-timeline.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { act, type CommandFrame } from '../run-command.js';
import type { Surroundings } from '../surroundings.js';
import type { Terminal } from '../terminal.js';
import { plain } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { runOf } from './run-of.js';

interface Options {
  readonly follow?: boolean;
  readonly tenant?: string;
}

export function runTimelineCommand(runs: Command, frame: CommandFrame): void {
  const command = runs
    .command('timeline')
    .description('What happened in a run: steps, pages, retries, waits, holds, crashes, each with its time.')
    .argument('<id>', 'its id, or "last"')
    .option('--follow', 'go on until the run ends or waits for a person')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { follow, tenant }, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const { id: runId } = await db.withTenant(tenantId, (tx) => runOf(tx, tenantId, id!));
      const look = () => db.withTenant(tenantId, async (tx) => runTimeline(tx, await findRun(tx, tenantId, runId)));
      if (follow) return followTimeline(frame.at, terminal, look);
      const timeline = await look();
      terminal.result(timeline, () => timelineText(timeline));
      return EXIT.ok;
    }),
  );
}

const shortestPollMs = 250;
const longestPollMs = 2_000;

/** Says each line as it comes; the whole story is the result for scripts. Ends with the run's exit code. */
async function followTimeline(
  { clock, stop }: Pick<Surroundings, 'clock' | 'stop'>,
  terminal: Terminal,
  look: () => Promise<RunTimeline>,
): Promise<number> {
  let told = 0;
  for (let pollMs = shortestPollMs; ; pollMs = Math.min(longestPollMs, pollMs * 2)) {
    if (stop.aborted) throw new DOMException('the command is to end', 'AbortError');
    const timeline = await look();
    const { lines, run } = timeline;
    if (lines.length > told) pollMs = shortestPollMs;
    if (!terminal.json) for (const line of lines.slice(told)) terminal.say(lineText(line));
    told = lines.length;
    if (isAtRest(run.state)) {
      if (terminal.json) terminal.result(timeline, () => '');
      else terminal.say(endText(timeline));
      return exitCodeOf(run.state);
    }
    await clock.sleep(pollMs, stop).catch(() => undefined);
  }
}

const isAtRest = (state: RunState): boolean =>
  finalRunStates.includes(state) || state === 'needs_attention' || state === 'awaiting_approval';

export function timelineText(timeline: RunTimeline): string {
  const { run, lines } = timeline;
  if (lines.length === 0) return `Nothing was written down of run ${run.id}: it is older than this version.`;
  return [`Run ${run.id} of ${plain(run.integration)}`, ...lines.map(lineText), endText(timeline)].join('\n');
}

/** Time of day in UTC, how long it took, what happened. */
export function lineText({ at, seconds, text }: TimelineLine): string {
  const took = seconds === null ? '' : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${at.slice(0, 10)} ${at.slice(11, 23)}  ${took.padStart(8)}  ${plain(text)}`;
}

const standing: Readonly<Partial<Record<RunState, string>>> = {
  needs_attention: 'It waits for a person',
  awaiting_approval: 'It waits for approval',
  failed: 'It has failed',
};

function endText({ run }: RunTimeline): string {
  const state = `${standing[run.state] ?? `It is ${run.state.replaceAll('_', ' ')}`}${run.attempt > 1 ? ` after ${run.attempt} attempts` : ''}.`;
  return run.nextStep === null ? state : `${state} ${plain(run.nextStep)}`;
}
