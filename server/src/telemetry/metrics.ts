/**
 * The measurements of a process, rendered as Prometheus text: what the catalogue names and nothing else. What a person or a source
 * sent can neither become a name nor make the number of series grow without bound.
 */
import {
  metricCatalogue,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricDefinition,
  type MetricName,
  type Metrics,
} from '@rollcall/connectors';

type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: GaugeName;
  readonly value: number;
  readonly labels: Labels;
}

/** A gauge's value at this moment. */
export const sample = <N extends GaugeName>(name: N, value: number, labels: LabelsOf<N>): Sample => ({
  name,
  value,
  labels,
});

/** Asked for its gauges whenever the metrics are read. One that fails is left out. */
export type Gauges = () => readonly Sample[] | Promise<readonly Sample[]>;

/** Seconds; from a fast page to a long step. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1800] as const;

/** Far more than the lists behind the labels allow; what comes beyond is not kept. */
const mostSeries = 500;
/** Whoever reads the metrics waits for gauges no longer than this. */
const gaugesWithinMs = 2_000;

interface Series {
  readonly labels: Labels;
  value: number;
  /** Of a histogram. */
  readonly counts: number[];
  sum: number;
}

export class MetricsRegistry implements Metrics {
  readonly #series = new Map<MetricName, Map<string, Series>>();
  readonly #gauges: Gauges[] = [];

  /** Throws a RangeError for a name or a label that the catalogue does not have. */
  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by = 1): void {
    const series = this.#seriesOf('counter', name, labels);
    if (series) series.value += by;
  }

  /** The same. */
  time<N extends HistogramName>(name: N, ms: number, labels: LabelsOf<N>): void {
    const series = this.#seriesOf('histogram', name, labels);
    if (!series) return;
    const seconds = ms / 1000;
    series.sum += seconds;
    series.value += 1;
    for (const [i, bound] of buckets.entries()) if (seconds <= bound) series.counts[i] = (series.counts[i] ?? 0) + 1;
  }

  ask(...gauges: readonly Gauges[]): void {
    this.#gauges.push(...gauges);
  }

  /** The text of Prometheus's exposition format 0.0.4. */
  async render(): Promise<string> {
    const samples = (await Promise.all(this.#gauges.map((gauges) => this.#answerOf(gauges)))).flat();
    const lines: string[] = [];
    for (const name of Object.keys(metricCatalogue) as MetricName[]) {
      const body =
        definitionOf(name).type === 'gauge'
          ? samples
              .filter((one) => one.name === name)
              .map(({ value, labels }) => `${name}${labelText(labels)} ${value}`)
          : [...(this.#series.get(name)?.values() ?? [])].flatMap((series) => seriesText(name, series));
      if (body.length > 0) lines.push(...headOf(name), ...body);
    }
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  async #answerOf(gauges: Gauges): Promise<readonly Sample[]> {
    const late = new AbortController();
    try {
      const samples = await Promise.race([Promise.resolve().then(gauges), timeout(gaugesWithinMs, late.signal)]);
      for (const { name, labels } of samples) refuseUnknown('gauge', name, labels);
      return samples;
    } catch {
      this.count('rollcall_scrape_failed_total', {});
      return [];
    } finally {
      late.abort();
    }
  }

  #seriesOf(type: MetricDefinition['type'], name: MetricName, labels: Labels): Series | null {
    refuseUnknown(type, name, labels);
    const metric = this.#series.get(name) ?? new Map<string, Series>();
    this.#series.set(name, metric);
    const key = labelText(labels);
    const found = metric.get(key);
    if (found) return found;
    if (metric.size >= mostSeries) return null;
    const made: Series = { labels, value: 0, counts: type === 'histogram' ? buckets.map(() => 0) : [], sum: 0 };
    metric.set(key, made);
    return made;
  }
}

const definitionOf = (name: MetricName): MetricDefinition => metricCatalogue[name];

function refuseUnknown(type: MetricDefinition['type'], name: MetricName, labels: Labels): void {
  const known = Object.hasOwn(metricCatalogue, name) ? definitionOf(name) : undefined;
  if (known?.type !== type) throw new RangeError(`there is no ${type} named ${name}`);
  const given = Object.keys(labels);
  const fits = given.length === known.labels.length && known.labels.every((label) => given.includes(label));
  if (!fits) throw new RangeError(`${name} has the labels ${known.labels.join(', ')}, and not ${given.join(', ')}`);
}

const headOf = (name: MetricName): string[] => {
  const { type, help } = definitionOf(name);
  return [`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`];
};

function seriesText(name: MetricName, { labels, value, counts, sum }: Series): string[] {
  if (definitionOf(name).type === 'counter') return [`${name}${labelText(labels)} ${value}`];
  const bucket = (le: string, count: number) => `${name}_bucket${labelText({ ...labels, le })} ${count}`;
  return [
    ...buckets.map((bound, i) => bucket(String(bound), counts[i]!)),
    bucket('+Inf', value),
    `${name}_sum${labelText(labels)} ${Number(sum.toFixed(6))}`,
    `${name}_count${labelText(labels)} ${value}`,
  ];
}

function labelText(labels: Labels): string {
  const names = Object.keys(labels).toSorted();
  if (names.length === 0) return '';
  return `{${names.map((name) => `${name}="${escaped(labels[name]!)}"`).join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function timeout(ms: number, enough: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error('too late')), ms);
    enough.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
