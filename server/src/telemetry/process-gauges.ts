/** How this process fares: its memory, and how late it comes to what is due. Measuring begins with the call and costs next to nothing. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sample, type Gauges } from './metrics.js';

const resolutionMs = 20;

export function processGauges(): Gauges {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return () => {
    // What is measured is the whole interval between two looks, in nanoseconds.
    const lag = (ns: number) => Math.max(0, Number((ns / 1e9 - resolutionMs / 1000).toFixed(6)));
    const samples = [
      sample('rollcall_event_loop_lag_seconds', lag(delay.percentile(99)), { stat: 'p99' }),
      sample('rollcall_event_loop_lag_seconds', lag(delay.max), { stat: 'max' }),
      sample('rollcall_process_resident_memory_bytes', process.memoryUsage.rss(), {}),
    ];
    delay.reset();
    return samples;
  };
}
