/** Metrics come out as Prometheus reads them: counters that only grow, and histograms whose buckets add up. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MetricsRegistry } from './metrics.js';

it('renders nothing before anything was counted', () => {
  expect(new MetricsRegistry().render()).toBe('');
});

it('counts each set of labels apart, whatever their order', () => {
  const metrics = new MetricsRegistry();
  metrics.count('http.retried', { operation: 'read', outcome: '429' });
  metrics.count('http.retried', { outcome: '429', operation: 'read' });
  metrics.count('http.retried', { operation: 'read', outcome: '500' });
  const text = metrics.render();
  expect(text).toContain('# TYPE rollcall_http_retried_total counter\n');
  expect(text).toContain('rollcall_http_retried_total{operation="read",outcome="429"} 2\n');
  expect(text).toContain('rollcall_http_retried_total{operation="read",outcome="500"} 1\n');
});

it('escapes what would break out of a label', () => {
  const metrics = new MetricsRegistry();
  metrics.count('odd', { name: 'a"b\\c\nd' });
  expect(metrics.render()).toContain('{name="a\\"b\\\\c\\nd"}');
});

it('gives durations in seconds, in buckets that never shrink and end at the count', () => {
  const duration = fc.integer({ min: 0, max: 4_000_000 });
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 50 }), (durations) => {
      const metrics = new MetricsRegistry();
      for (const ms of durations) metrics.time('rollcall_run_step_seconds', ms, { step: 'fetching' });
      const text = metrics.render();
      const counts = [...text.matchAll(/_bucket\{le="([^"]+)",step="fetching"\} (\d+)/g)].map((m) => Number(m[2]));
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(counts.at(-1)).toBe(durations.length);
      const sum = Number(/_sum\{step="fetching"\} (\S+)/.exec(text)![1]);
      expect(sum).toBeCloseTo(durations.reduce((a, b) => a + b, 0) / 1000, 3);
    }),
  );
});
