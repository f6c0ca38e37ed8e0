/** Ports for tests: real time or a clock that leaps over sleeps, a log and metrics that can be read back. */
import { setTimeout as realSleep } from 'node:timers/promises';
import type { Clock, Ports } from '../ports.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface TestPorts extends Ports {
  readonly lines: LogLine[];
  readonly counted: { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => realSleep(ms, undefined, signal ? { signal } : {}),
};

/** Sleeping takes no time here; what was slept is kept. */
export class LeapingClock implements Clock {
  readonly slept: number[] = [];
  constructor(private time = Date.UTC(2026, 10, 23)) {}

  now(): number {
    return this.time;
  }

  advance(ms: number): void {
    this.time += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.time += ms;
  }
}

export function testPorts(clock: Clock = realClock, random: () => number = () => 0.5): TestPorts {
  const lines: LogLine[] = [];
  const counted: TestPorts['counted'] = [];
  const at =
    (level: LogLine['level']) =>
    (event: string, fields: LogLine['fields'] = {}) =>
      void lines.push({ level, event, fields });
  return {
    clock,
    random,
    lines,
    counted,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    metrics: {
      count: (name, labels) => void counted.push({ name, labels }),
      time: (name, _ms, labels) => void counted.push({ name, labels }),
    },
  };
}

export const callContext = (correlationId = 'test', signal = new AbortController().signal) => ({
  signal,
  correlationId,
});
