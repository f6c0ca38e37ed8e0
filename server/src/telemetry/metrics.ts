/**
 * Counters and durations of a process, rendered as Prometheus text. Names and labels come from the code alone, never from
 * records, so the number of series stays small.
 */
import type { Labels, Metrics } from '@rollcall/connectors';

/** Seconds; from a fast page to a long step. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1800] as const;

interface Durations {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
  count: number;
}

export class MetricsRegistry implements Metrics {
  readonly #counters = new Map<string, Map<string, { labels: Labels; value: number }>>();
  readonly #durations = new Map<string, Map<string, Durations>>();

  count(name: string, labels: Labels = {}): void {
    const series = seriesOf(this.#counters, counterName(name), labels, () => ({ labels, value: 0 }));
    series.value += 1;
  }

  time(name: string, ms: number, labels: Labels = {}): void {
    const series = seriesOf(this.#durations, durationName(name), labels, () => ({
      labels,
      counts: buckets.map(() => 0),
      sum: 0,
      count: 0,
    }));
    const seconds = ms / 1000;
    series.sum += seconds;
    series.count += 1;
    for (const [i, bound] of buckets.entries()) if (seconds <= bound) series.counts[i]! += 1;
  }

  /** The text of Prometheus's exposition format 0.0.4. */
  render(): string {
    const lines: string[] = [];
    for (const [name, series] of this.#counters) {
      lines.push(`# TYPE ${name} counter`);
      for (const { labels, value } of series.values()) lines.push(`${name}${labelText(labels)} ${value}`);
    }
    for (const [name, series] of this.#durations) {
      lines.push(`# TYPE ${name} histogram`);
      for (const durations of series.values()) lines.push(...histogram(name, durations));
    }
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }
}

function seriesOf<T>(all: Map<string, Map<string, T>>, name: string, labels: Labels, make: () => T): T {
  const metric = all.get(name) ?? new Map<string, T>();
  all.set(name, metric);
  const key = labelText(labels);
  const found = metric.get(key) ?? make();
  metric.set(key, found);
  return found;
}

function histogram(name: string, { labels, counts, sum, count }: Durations): string[] {
  const bucket = (le: string, value: number) => `${name}_bucket${labelText({ ...labels, le })} ${value}`;
  return [
    ...buckets.map((bound, i) => bucket(String(bound), counts[i]!)),
    bucket('+Inf', count),
    `${name}_sum${labelText(labels)} ${Number(sum.toFixed(6))}`,
    `${name}_count${labelText(labels)} ${count}`,
  ];
}

const legal = (name: string): string => {
  const text = name.replaceAll(/\W/g, '_');
  return text.startsWith('rollcall_') ? text : `rollcall_${text}`;
};
const counterName = (name: string): string => (name.endsWith('_total') ? legal(name) : `${legal(name)}_total`);
const durationName = (name: string): string => (name.endsWith('_seconds') ? legal(name) : `${legal(name)}_seconds`);

function labelText(labels: Labels): string {
  const names = Object.keys(labels).toSorted();
  if (names.length === 0) return '';
  return `{${names.map((name) => `${name.replaceAll(/\W/g, '_')}="${escaped(labels[name]!)}"`).join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
