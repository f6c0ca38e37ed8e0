/**
 * A fault stops the work: a closed catalogue of codes, each with a public sentence and a next step. The internal text is for
 * operators' logs and never holds personal data either.
 */
export const faultCodes = {
  source_unreachable: 'Check that the source answers, then run the sync again.',
  source_unauthorised: "Check the integration's client id, secret and scopes, then run the sync again.",
  source_rate_limited: 'Wait; the run goes on by itself after the time that the source asked for.',
  source_bad_response: 'Ask the provider why its answer is not readable; nothing was changed.',
  source_inconsistent: 'Run the sync again; if it repeats, ask the provider about its paging.',
  lease_lost: 'Nothing to do: another worker goes on with this run.',
  run_does_not_add_up: 'Report this as a bug with the run id; the run changed nothing after this point.',
  invalid_configuration: "Correct the integration's configuration.",
  invalid_input: 'Correct the input and try again.',
  not_found: 'Check the id.',
  stale_decision: 'Look at it again and decide anew; its rows have changed since you saw them.',
  integration_paused: 'Resume the integration, then ask again.',
  wrong_state: 'Look at its present state; nothing was changed.',
  overtaken: 'Run the sync again: it begins with what is there now. What this run had applied stays.',
  busy: 'Wait for the active run of this integration, or cancel it.',
  unavailable: 'Check that the database is up.',
} as const;

export type FaultCode = keyof typeof faultCodes;

export class Fault extends Error {
  override readonly name = 'Fault';
  constructor(
    readonly code: FaultCode,
    /** For people: one sentence, no personal data. */
    readonly publicText: string,
    options: { cause?: unknown; internal?: string; retryAfterMs?: number } = {},
  ) {
    super(options.internal ? `${publicText} (${options.internal})` : publicText, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  readonly retryAfterMs: number | null;

  get nextStep(): string {
    return faultCodes[this.code];
  }
}
