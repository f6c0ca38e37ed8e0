/**
 * What a failed request answers: RFC 9457's problem+json with a code for programs and a next step for people. One table says
 * which status a fault has; anything that is not a fault says nothing about itself.
 */
import { STATUS_CODES } from 'node:http';
import { Fault, type FaultCode } from '@rollcall/core';
import { z } from 'zod';

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** One sentence for people, without personal data. */
    detail: z.string(),
    /** The path that was asked for. */
    instance: z.string(),
    code: z.string(),
    nextStep: z.string(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;

export const faultStatus: Readonly<Record<FaultCode, number>> = {
  source_unreachable: 502,
  source_unauthorised: 502,
  source_rate_limited: 503,
  source_bad_response: 502,
  source_inconsistent: 502,
  lease_lost: 409,
  run_does_not_add_up: 500,
  invalid_configuration: 422,
  invalid_input: 400,
  not_found: 404,
  stale_decision: 409,
  integration_paused: 409,
  wrong_state: 409,
  busy: 409,
  overtaken: 409,
  unavailable: 503,
};

/** For what the catalogue of faults has no word for, because it concerns HTTP alone. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly publicText: string,
    readonly nextStep: string,
  ) {
    super(publicText);
  }
}

export function problemOf(error: unknown, path: string): Problem {
  if (error instanceof Fault)
    return problem(faultStatus[error.code], error.code, error.publicText, error.nextStep, path);
  if (error instanceof RequestRefused) return problem(error.status, error.code, error.publicText, error.nextStep, path);
  const status = clientErrorOf(error);
  if (status === 404) return problem(404, 'not_found', 'There is no such address.', 'See /api/docs.', path);
  if (status !== null)
    return problem(
      status,
      'bad_request',
      'The request cannot be read.',
      'See /api/docs for what is expected here.',
      path,
    );
  return problem(
    500,
    'internal_error',
    'Something went wrong inside.',
    "Look at the server's log for this moment.",
    path,
  );
}

/** A 4xx status that Nest or Fastify gave the error; their messages are not passed on. */
function clientErrorOf(error: unknown): number | null {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
  const claimed = typeof status === 'number' ? status : statusCode;
  return typeof claimed === 'number' && claimed >= 400 && claimed < 500 ? claimed : null;
}

const problem = (status: number, code: string, detail: string, nextStep: string, instance: string): Problem => ({
  type: `urn:rollcall:problem:${code}`,
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  instance,
  code,
  nextStep,
});
