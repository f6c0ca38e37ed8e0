/** Finds where the last minutes of an integration's calls deviate from what is usual at this time of day, endpoint by endpoint. */
import type { CallCount } from '../store/call-stats.js';
import type { Deviation } from '../store/health-alerts.js';
import { baselineOf, highestUsual, inHourBand, type Baseline } from './baseline.js';
import { byOperation, figuresOf } from './endpoint-figures.js';
import { percent, spanInWords } from './words.js';

/** Of the last minutes. Fewer calls say nothing. */
const fewestCalls = 10;
const slow = { spreads: 5, share: 0.5, least: 100 };
const failing = { spreads: 5, share: 0, least: 0.05 };
/** Without a past an endpoint that fails one call in five is news. */
const failingAnyway = 0.2;

/** `recent` are the last minutes, `past` the hours of the last weeks. */
export function findDeviations(recent: readonly CallCount[], past: readonly CallCount[], nowMs: number): Deviation[] {
  const before = byOperation(past);
  const thisHour = new Date(nowMs).getUTCHours();
  return [...byOperation(recent)].flatMap(([operation, counts]) => {
    const hours = [...Map.groupBy(before.get(operation) ?? [], ({ at }) => at.getTime())]
      .filter(([at]) => inHourBand(new Date(at).getUTCHours(), thisHour))
      .map(([, hour]) => figuresOf(hour))
      .filter(({ calls }) => calls >= fewestCalls);
    return [slowness(operation, counts, hours), failure(operation, counts, hours)].filter((found) => found !== null);
  });
}

type Figures = ReturnType<typeof figuresOf>;

function slowness(operation: string, counts: readonly CallCount[], hours: readonly Figures[]): Deviation | null {
  const { p95Ms, outcomes } = figuresOf(counts);
  const usual = baselineOf(hours.flatMap((hour) => (hour.p95Ms === null ? [] : [hour.p95Ms])));
  if (p95Ms === null || usual === null || (outcomes.answered ?? 0) < fewestCalls) return null;
  if (p95Ms <= highestUsual(usual, slow)) return null;
  const sentence = `${operation} is slow: 95 of 100 answers came within ${spanInWords(p95Ms)}, usual at this time of day are ${spanInWords(usual.median)}.`;
  return { kind: 'slow', operation, observed: p95Ms, usual: usual.median, sentence };
}

function failure(operation: string, counts: readonly CallCount[], hours: readonly Figures[]): Deviation | null {
  const { calls, failed } = figuresOf(counts);
  if (calls < fewestCalls) return null;
  const share = failed / calls;
  const usual: Baseline | null = baselineOf(hours.map((hour) => hour.failed / hour.calls));
  if (share <= (usual ? highestUsual(usual, failing) : failingAnyway)) return null;
  const past = usual ? `, usual at this time of day are ${percent(usual.median)}` : '';
  const sentence = `${operation} fails: ${percent(share)} of ${calls} calls${past}.`;
  return { kind: 'errors', operation, observed: share, usual: usual?.median ?? null, sentence };
}
