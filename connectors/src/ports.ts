/** What connectors need from their surroundings, filled by the process that starts them; nothing here reads a clock by itself. */
import type { CounterName, HistogramName, LabelsOf } from './metric-catalogue.js';

export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly random: Random;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Structured events, named `noun.verb-past`. Fields never hold personal data, tokens, query values or bodies. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Takes what the catalogue names, with its labels. Never throws for what a source sent. */
export interface Metrics {
  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by?: number): void;
  time<N extends HistogramName>(name: N, ms: number, labels: LabelsOf<N>): void;
}

/** A number from 0 up to, not including, 1. */
export type Random = () => number;
