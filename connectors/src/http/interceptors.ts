/**
 * What every request gets and leaves behind: a correlation id on the way out, one log event and one measurement on the way
 * back. Only the operation's name is logged; paths and queries can hold ids of persons.
 */
import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import type { Clock, Ports } from '../ports.js';

export interface CallMark {
  readonly operation: string;
  readonly correlationId: string;
  readonly attempt: number;
  startedAt: number;
}

declare module 'axios' {
  interface AxiosRequestConfig {
    mark?: CallMark;
  }
}

/** `X-Request-ID` is the caller's correlation id and the number of the attempt. */
export function correlate(http: AxiosInstance, clock: Clock): void {
  http.interceptors.request.use((config) => {
    if (!config.mark) return config;
    config.mark.startedAt = clock.now();
    config.headers.set('X-Request-ID', `${config.mark.correlationId}/${config.mark.attempt}`);
    return config;
  });
}

export function observe(http: AxiosInstance, ports: Ports): void {
  http.interceptors.response.use(
    (response: AxiosResponse<Buffer>) => {
      const theirs = response.headers['x-request-id'] ?? response.headers['x-amzn-requestid'] ?? null;
      note(ports, response.config, String(response.status), {
        bytes: response.data.length,
        theirRequestId: safeId(theirs),
      });
      return response;
    },
    (error: { config?: InternalAxiosRequestConfig; code?: string }) => {
      if (error.config) note(ports, error.config, error.code ?? 'failed', {});
      return Promise.reject(error);
    },
  );
}

function note(
  ports: Ports,
  config: InternalAxiosRequestConfig,
  outcome: string,
  extra: Record<string, number | string | null>,
): void {
  if (!config.mark) return;
  const { operation, correlationId, attempt, startedAt } = config.mark;
  const ms = ports.clock.now() - startedAt;
  ports.metrics.time('rollcall_http_client_request_duration_seconds', ms, { status_class: statusClass(outcome) });
  ports.log.debug('http.request-finished', { operation, correlationId, attempt, outcome, ms, ...extra });
}

/** `none` when there was no answer. */
const statusClass = (outcome: string): string => (/^[1-5]\d\d$/.test(outcome) ? `${outcome[0]}xx` : 'none');

/** A header is the provider's text: only what looks like an id is logged. */
const safeId = (value: unknown): string | null =>
  typeof value === 'string' && /^[\w./:=+-]{1,128}$/.test(value) ? value : null;
