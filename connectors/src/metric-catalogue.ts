/**
 * The one catalogue of what is measured, by Prometheus's names, for all rooms: what it means, its kind, its labels. Labels come
 * from short lists in the code, never from records, tenants or addresses; an unknown name or label does not compile.
 */
export interface MetricDefinition {
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly help: string;
  readonly labels: readonly LabelName[];
}

/** Every label there is. Each has a few dozen values at most. */
export const labelNames = [
  'entity',
  'error_class',
  'mode',
  'op',
  'outcome',
  'priority',
  'provider',
  'reason',
  'stat',
  'status_class',
  'step',
] as const;
export type LabelName = (typeof labelNames)[number];

const counter = <const L extends readonly LabelName[]>(help: string, ...labels: L) =>
  ({ type: 'counter', help, labels }) as const;
/** In seconds. */
const histogram = <const L extends readonly LabelName[]>(help: string, ...labels: L) =>
  ({ type: 'histogram', help, labels }) as const;
/** Read when somebody asks for it. */
const gauge = <const L extends readonly LabelName[]>(help: string, ...labels: L) =>
  ({ type: 'gauge', help, labels }) as const;

export const metricCatalogue = {
  rollcall_run_total: counter('Runs that this process brought to an end, by how they ended.', 'mode', 'outcome'),
  rollcall_run_duration_seconds: histogram('From the first attempt at a run to its end.', 'mode', 'outcome'),
  rollcall_run_step_seconds: histogram('One step of one attempt at a run.', 'step'),
  rollcall_run_stopped_total: counter('Attempts that had to stop, by the fault that stopped them.', 'error_class'),
  rollcall_run_attempt_total: counter('Attempts at runs, by what they came to.', 'outcome'),
  rollcall_pages_read_total: counter('Pages of collections that were read and committed.', 'entity'),
  rollcall_records_total: counter('Records read, recognised as unchanged, rejected and written.', 'entity', 'op'),
  rollcall_records_quarantined_total: counter('Records that the database refused, kept out by themselves.', 'entity'),
  rollcall_guard_tripped_total: counter('Times that a part of a plan was held back.', 'entity', 'op'),
  rollcall_deletes_blocked_total: counter('Deactivations that were held back for a person.', 'entity'),
  rollcall_http_client_request_duration_seconds: histogram('Requests to sources, each attempt alone.', 'status_class'),
  rollcall_http_client_attempts_total: counter(
    'Requests to sources, by why each was made: the first, or what came before.',
    'reason',
  ),
  rollcall_limiter_wait_seconds: histogram(
    'How long requests to sources waited: for their turn among others, or for the rate that the source allows.',
    'reason',
  ),
  rollcall_circuit_moved_total: counter('Circuits to sources that opened, were tried or closed.', 'outcome'),
  rollcall_token_refresh_total: counter('Access tokens asked for.', 'outcome'),
  rollcall_health_check_total: counter('Looks at sources, by what they found.', 'provider', 'outcome'),
  rollcall_health_check_seconds: histogram('How long looks at sources took.', 'provider'),
  rollcall_health_alert_total: counter('Deviations of sources that began or ended.', 'reason', 'outcome'),
  rollcall_mapping_lookups_total: counter(
    'Ids looked up among mappings: found in the cache, not found there, with the cache away, or with nonsense in it.',
    'op',
    'outcome',
  ),
  rollcall_mapping_lookup_seconds: histogram('Look-ups among mappings, single or in batches.', 'op'),
  rollcall_mapping_cache_evictions_total: counter('Answers that the cache of mappings gave up for want of room.'),
  rollcall_mapping_cache_away_total: counter('Times that the cache of mappings had to be left alone for a while.'),
  rollcall_scrape_failed_total: counter('Figures that could not be had when the metrics were read.'),

  rollcall_freshness_seconds: gauge(
    'Since the integrations of a kind were last read and settled completely: the worst, and the 95th in a hundred.',
    'provider',
    'stat',
  ),
  rollcall_integrations: gauge('Integrations, by what the last look at their source found.', 'provider', 'outcome'),
  rollcall_integration_health_score: gauge(
    'Scores of integrations from 0 to 100: the worst, and the median.',
    'provider',
    'stat',
  ),
  rollcall_http_client_queue: gauge('Calls to sources in this process, under way and waiting for their turn.', 'stat'),
  rollcall_http_client_queue_oldest_seconds: gauge('How long the oldest of the waiting calls to sources has waited.'),
  rollcall_holds_open: gauge('Parts of plans that wait for a person.', 'entity'),
  rollcall_queue_depth: gauge('Runs that wait for a worker.', 'priority'),
  rollcall_queue_oldest_age_seconds: gauge('How long the oldest waiting run has waited.', 'priority'),
  rollcall_mapping_cache_entries: gauge('Answers that this process keeps in its cache of mappings.'),
  rollcall_pg_pool_connections: gauge('Connections to PostgreSQL that this process holds.'),
  rollcall_pg_pool_waiting: gauge('Callers in this process that wait for a connection to PostgreSQL.'),
  rollcall_event_loop_lag_seconds: gauge(
    'How late this process came to what was due, since the metrics were last read.',
    'stat',
  ),
  rollcall_process_resident_memory_bytes: gauge('Memory of this process that is resident.'),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricCatalogue;
type NamesOf<T extends MetricDefinition['type']> = {
  [N in MetricName]: (typeof metricCatalogue)[N]['type'] extends T ? N : never;
}[MetricName];
export type CounterName = NamesOf<'counter'>;
export type HistogramName = NamesOf<'histogram'>;
export type GaugeName = NamesOf<'gauge'>;

/** Exactly the labels of the metric; a metric without labels may be counted without any. */
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof metricCatalogue)[N]['labels'][number], string>>;
