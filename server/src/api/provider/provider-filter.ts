/** Tells a client of the provider why it gets nothing, in OneRoster's words, and the log what went wrong inside. */
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Log } from '@rollcall/connectors';
import type { FastifyReply } from 'fastify';
import { ProviderRefusal, statusInfo } from '../../provider/refusal.js';
import { isUnavailable } from '../../store/trouble.js';
import { traceOf } from '../problem-filter.js';
import { LOG } from '../tokens.js';

@Catch()
export class ProviderFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const refusal = refusalOf(thrown);
    const { status, retryAfterSeconds } = refusal;
    if (status >= 500) this.log.error('request.failed', { status, ...traceOf(thrown) });
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    if (retryAfterSeconds !== null) void reply.header('retry-after', String(retryAfterSeconds));
    void reply
      .status(status)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(statusInfo(refusal)));
  }
}

function refusalOf(thrown: unknown): ProviderRefusal {
  if (thrown instanceof ProviderRefusal) return thrown;
  if (isUnavailable(thrown)) return new ProviderRefusal('server_busy', 'The database does not answer; try again.', 503);
  const { status, statusCode } = thrown as { status?: unknown; statusCode?: unknown };
  const claimed = Number(status ?? statusCode);
  if (claimed >= 400 && claimed < 500)
    return new ProviderRefusal('invaliddata', 'The request cannot be read.', claimed);
  return new ProviderRefusal('internal_server_error', 'Something went wrong inside.');
}
