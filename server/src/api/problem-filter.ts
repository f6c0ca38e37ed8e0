/** Turns whatever was thrown into a problem, and tells the log what people are not told: kind, code and place, never values. */
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Log } from '@rollcall/connectors';
import { Fault } from '@rollcall/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from '../store/trouble.js';
import { LOG } from './tokens.js';
import { problemOf } from './problem.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const error = isUnavailable(thrown)
      ? new Fault('unavailable', 'The database does not answer.', { cause: thrown })
      : thrown;
    const path = http.getRequest<FastifyRequest>().url.split('?')[0]!;
    const problem = problemOf(error, path);
    if (problem.status >= 500) this.log.error('request.failed', { status: problem.status, ...traceOf(thrown) });
    const reply = http.getResponse<FastifyReply>();
    if (error instanceof Fault && error.retryAfterMs !== null)
      void reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000));
    void reply.status(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
  }
}

/** A message may quote what was asked for, so an error is known by its kind and by where it was thrown. */
export function traceOf(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { error: typeof error };
  const places = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const code = String((error as { code?: unknown }).code ?? '');
  return { error: error.name, code, at: places.slice(0, 3).join(' < ').replaceAll('    at ', '') };
}
