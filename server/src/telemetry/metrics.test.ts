/** Metrics come out as Prometheus reads them: counters that only grow, histograms whose buckets add up, and nothing uncatalogued. */
import { expect, it } from '@jest/globals';
import { labelNames, metricCatalogue, type CounterName } from '@rollcall/connectors';
import fc from 'fast-check';
import { MetricsRegistry, sample, type Sample } from './metrics.js';

it('renders nothing before anything was counted', async () => {
  expect(await new MetricsRegistry().render()).toBe('');
});

it('counts each set of labels apart, whatever their order, and says what the metric means', async () => {
  const metrics = new MetricsRegistry();
  metrics.count('rollcall_run_total', { mode: 'full', outcome: 'completed' });
  metrics.count('rollcall_run_total', { outcome: 'completed', mode: 'full' }, 4);
  metrics.count('rollcall_run_total', { mode: 'full', outcome: 'failed' });
  const text = await metrics.render();
  expect(text).toContain(`# HELP rollcall_run_total ${metricCatalogue.rollcall_run_total.help}\n`);
  expect(text).toContain('# TYPE rollcall_run_total counter\n');
  expect(text).toContain('rollcall_run_total{mode="full",outcome="completed"} 5\n');
  expect(text).toContain('rollcall_run_total{mode="full",outcome="failed"} 1\n');
});

it('escapes what would break out of a label', async () => {
  const metrics = new MetricsRegistry();
  metrics.count('rollcall_run_stopped_total', { error_class: 'a"b\\c\nd' });
  expect(await metrics.render()).toContain('{error_class="a\\"b\\\\c\\nd"}');
});

it('gives durations in seconds, in buckets that never shrink and end at the count', async () => {
  const duration = fc.integer({ min: 0, max: 4_000_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(duration, { minLength: 1, maxLength: 50 }), async (durations) => {
      const metrics = new MetricsRegistry();
      for (const ms of durations) metrics.time('rollcall_run_step_seconds', ms, { step: 'fetching' });
      const text = await metrics.render();
      const counts = [...text.matchAll(/_bucket\{le="([^"]+)",step="fetching"\} (\d+)/g)].map((m) => Number(m[2]));
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(counts.at(-1)).toBe(durations.length);
      const sum = Number(/_sum\{step="fetching"\} (\S+)/.exec(text)![1]);
      expect(sum).toBeCloseTo(durations.reduce((a, b) => a + b, 0) / 1000, 3);
    }),
  );
});

it.each([
  ['a name that nobody knows', 'rollcall_pupils_total', {}],
  ['a name of another kind', 'rollcall_holds_open', { entity: 'users' }],
  ['a name of every object', 'toString', {}],
  ['a missing label', 'rollcall_run_total', { mode: 'full' }],
  ['a label too many', 'rollcall_run_total', { mode: 'full', outcome: 'failed', tenant: 'north' }],
  ['another label', 'rollcall_run_total', { mode: 'full', school: 'north' }],
])('%s is refused', (_, name, labels) => {
  const metrics = new MetricsRegistry();
  expect(() => metrics.count(name as CounterName, labels as never)).toThrow(RangeError);
});

it('keeps no more than 500 series of a metric, whatever labels hold', async () => {
  const metrics = new MetricsRegistry();
  for (let i = 0; i < 600; i += 1) metrics.count('rollcall_run_stopped_total', { error_class: String(i) });
  expect((await metrics.render()).match(/^rollcall_run_stopped_total\{/gm)).toHaveLength(500);
});

it('asks for its gauges anew each time, and goes without those that fail or are not in the catalogue', async () => {
  const metrics = new MetricsRegistry();
  let holds = 2;
  metrics.ask(
    () => [sample('rollcall_holds_open', holds, { entity: 'users' })],
    () => Promise.reject(new Error('the database is away')),
    () => [{ name: 'rollcall_pupils' as Sample['name'], value: 1, labels: {} }],
  );
  expect(await metrics.render()).toContain('rollcall_holds_open{entity="users"} 2\n');
  holds = 0;
  const text = await metrics.render();
  expect(text).toContain('rollcall_holds_open{entity="users"} 0\n');
  expect(text).toContain('rollcall_scrape_failed_total 4\n');
  expect(text).not.toContain('pupils');
});

it('does not let whoever reads them wait for a gauge that never comes', async () => {
  const metrics = new MetricsRegistry();
  metrics.ask(() => new Promise(() => undefined));
  metrics.count('rollcall_token_refresh_total', { outcome: 'granted' });
  expect(await metrics.render()).toContain('rollcall_token_refresh_total{outcome="granted"} 1\n');
});

it('every metric has its name by the rules, a sentence, and labels of the list', () => {
  for (const [name, { type, help, labels }] of Object.entries(metricCatalogue)) {
    expect([name, type === 'counter', /^rollcall_[a-z0-9_]+$/.test(name)]).toEqual([
      name,
      name.endsWith('_total'),
      true,
    ]);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    for (const label of labels) expect(labelNames).toContain(label);
  }
});
