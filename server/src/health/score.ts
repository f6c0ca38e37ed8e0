/**
 * One figure for how an integration's source fares, from 0 to 100, with every deduction named: a score without its reasons tells
 * nobody what to do. A pause by a person is no illness, and costs nothing.
 */
import type { HealthCheck } from '@rollcall/connectors';
import { percent, spanInWords, timeInWords } from './words.js';

export interface ScoreFacts {
  readonly now: Date;
  readonly check: { readonly status: HealthCheck['status']; readonly code: string | null } | null;
  readonly failingSince: Date | null;
  /** Of the last hour's calls. */
  readonly lastHour: { readonly calls: number; readonly failed: number };
  /** Of the last day's checks. */
  readonly lastDay: { readonly checks: number; readonly answered: number };
  /** Sentences of the alerts that are open, but for the one that says that the source is ill. */
  readonly deviations: readonly string[];
  readonly needsAttention: boolean;
  readonly lastCompleteAt: Date | null;
}

export interface HealthScore {
  readonly score: number;
  /** Empty at 100. */
  readonly reasons: readonly string[];
}

const staleAfterMs = 48 * 3_600_000;
const fewestCalls = 10;
const fewestChecks = 20;

type Deduction = readonly [points: number, reason: string];

export function healthScore(facts: ScoreFacts): HealthScore {
  const deductions = [illness, failures, unavailability, deviations, attention, staleness].flatMap((rule) =>
    rule(facts),
  );
  const score = Math.max(0, 100 - deductions.reduce((sum, [points]) => sum + points, 0));
  return { score, reasons: deductions.map(([points, reason]) => `−${points}: ${reason}`) };
}

function illness({ check, failingSince, now }: ScoreFacts): Deduction[] {
  if (check === null || check.status === 'healthy') return [];
  if (check.status === 'degraded') return [[15, 'the source asks us to slow down']];
  const since = failingSince === null ? '' : ` for ${spanInWords(now.getTime() - failingSince.getTime())}`;
  if (check.code === 'source_unauthorised') return [[80, `the source has refused our credentials${since}`]];
  return [[70, `the source has not answered as it should${since}`]];
}

function failures({ lastHour: { calls, failed } }: ScoreFacts): Deduction[] {
  const share = failed / Math.max(1, calls);
  if (calls < fewestCalls || share <= 0.01) return [];
  return [[Math.min(30, Math.ceil(share * 60)), `${percent(share)} of ${calls} calls of the last hour failed`]];
}

function unavailability({ lastDay: { checks, answered } }: ScoreFacts): Deduction[] {
  const share = answered / Math.max(1, checks);
  if (checks < fewestChecks || share >= 0.995) return [];
  return [
    [Math.min(20, Math.ceil((1 - share) * 40)), `${percent(share)} of the last day's ${checks} checks found it well`],
  ];
}

const deviations = (facts: ScoreFacts): Deduction[] =>
  facts.deviations.length === 0 ? [] : [[Math.min(20, 10 * facts.deviations.length), facts.deviations.join(' ')]];

const attention = ({ needsAttention }: ScoreFacts): Deduction[] =>
  needsAttention ? [[10, 'a run of it waits for a person']] : [];

function staleness({ now, lastCompleteAt }: ScoreFacts): Deduction[] {
  if (lastCompleteAt === null || now.getTime() - lastCompleteAt.getTime() <= staleAfterMs) return [];
  return [[10, `it was last read completely at ${timeInWords(lastCompleteAt)}`]];
}
