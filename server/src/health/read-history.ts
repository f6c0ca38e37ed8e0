/** The past of an integration's source, span by span: availability, latency, errors by category, and which endpoints were used how much. */
import { callCounts, type CallCount } from '../store/call-stats.js';
import type { Tx } from '../store/database.js';
import { checksSince } from '../store/health-checks.js';
import { findIntegration } from '../store/integrations.js';
import { byOperation, figuresOf, type CallFigures } from './endpoint-figures.js';
import { grains, grainStart, type Grain } from './grains.js';

export interface Span extends CallFigures {
  readonly from: Date;
  readonly checks: number;
  /** Of them, those that found the source well, or asking for less. */
  readonly checksAnswered: number;
}

export interface Trend {
  readonly outcome: string;
  /** In the earlier half of the time, and in the later one. */
  readonly before: number;
  readonly after: number;
}

export interface History {
  readonly grain: Grain;
  readonly spans: readonly Span[];
  /** Of all calls that were not answered, by category. */
  readonly trends: readonly Trend[];
}

export interface EndpointUsage extends CallFigures {
  readonly operation: string;
}

export interface Wanted {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  readonly grain: Grain;
  readonly spans: number;
  readonly now: Date;
}

/** The latest span is the one that is not over. Throws Fault not_found. */
export async function readHistory(tx: Tx, wanted: Wanted): Promise<History> {
  const { of, from, counts } = await countsOf(tx, wanted);
  const { grain } = wanted;
  const startOf = (at: Date) => grainStart(grain, at.getTime()).getTime();
  const checks = Map.groupBy(await checksSince(tx, of, from), ({ checkedAt }) => startOf(checkedAt));
  const calls = Map.groupBy(counts, ({ at }) => startOf(at));
  const starts = [...new Set([...calls.keys(), ...checks.keys()])].toSorted((a, b) => a - b);
  const spans = starts.map((start) => {
    const looked = checks.get(start) ?? [];
    const checksAnswered = looked.filter(({ status }) => status !== 'unhealthy').length;
    return { from: new Date(start), checks: looked.length, checksAnswered, ...figuresOf(calls.get(start) ?? []) };
  });
  return { grain, spans, trends: trendsOf(counts, (from.getTime() + wanted.now.getTime()) / 2) };
}

/** By endpoint, the most used one first; of all of the tenant's integrations where none is named. Throws Fault not_found. */
export async function readUsage(
  tx: Tx,
  { integration, ...wanted }: Omit<Wanted, 'integration'> & { readonly integration: string | null },
): Promise<EndpointUsage[]> {
  const { counts } =
    integration === null ? await countedOf(tx, wanted, null) : await countsOf(tx, { ...wanted, integration });
  return [...byOperation(counts)]
    .map(([operation, of]) => ({ operation, ...figuresOf(of) }))
    .toSorted((a, b) => b.calls - a.calls || a.operation.localeCompare(b.operation));
}

async function countsOf(tx: Tx, { integration, ...wanted }: Wanted) {
  const { tenantId } = wanted;
  const { id: integrationId } = await findIntegration(tx, tenantId, integration);
  return { of: { tenantId, integrationId }, ...(await countedOf(tx, wanted, integrationId)) };
}

async function countedOf(
  tx: Tx,
  { tenantId, grain, spans, now }: Omit<Wanted, 'integration'>,
  integrationId: string | null,
) {
  const from = new Date(grainStart(grain, now.getTime()).getTime() - (spans - 1) * grains[grain].lengthMs);
  const to = new Date(now.getTime() + 1);
  return { from, counts: await callCounts(tx, { tenantId, integrationId, grain, from, to }) };
}

function trendsOf(counts: readonly CallCount[], middleMs: number): Trend[] {
  const sum = (of: readonly CallCount[]) => of.reduce((calls, count) => calls + count.calls, 0);
  return [...Map.groupBy(counts, ({ outcome }) => outcome)]
    .filter(([outcome]) => outcome !== 'answered')
    .map(([outcome, of]) => {
      const before = sum(of.filter(({ at }) => at.getTime() < middleMs));
      return { outcome, before, after: sum(of) - before };
    })
    .toSorted((a, b) => b.after - a.after || a.outcome.localeCompare(b.outcome));
}
