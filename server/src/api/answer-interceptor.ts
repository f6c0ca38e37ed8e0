/**
 * Checks every answer against the schema that the route promises, so that the document cannot lie and no field leaves that was
 * not declared; and logs that people's records were shown, by count, never by value.
 */
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Log } from '@rollcall/connectors';
import { map, type Observable } from 'rxjs';
import { policyOf, type RoutePolicy } from './route.js';
import type { TenantRequest } from './tenant.js';
import { LOG } from './tokens.js';

@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(@Inject(LOG) private readonly log: Log) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const policy = policyOf(context.getHandler())!;
    const request = context.switchToHttp().getRequest<TenantRequest>();
    return next.handle().pipe(
      map((answer: unknown) => {
        const shown = policy.answer ? policy.answer.parse(answer) : answer;
        if (policy.audit === 'access') this.#logAccess(policy, request, shown);
        return shown;
      }),
    );
  }

  #logAccess({ id, permission }: RoutePolicy, request: TenantRequest, shown: unknown): void {
    const { items } = shown as { items?: readonly unknown[] };
    const tenant = request.tenant?.id ?? '';
    this.log.info('people.shown', { route: id, permission, tenant, records: items?.length ?? 1, actor: 'local' });
  }
}
