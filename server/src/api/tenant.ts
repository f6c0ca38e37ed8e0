/** The tenant that a request is about: named by a header, or the only one there is. */
import { createParamDecorator, Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Database } from '../store/database.js';
import { chooseTenant, type Tenant as StoredTenant } from '../store/tenants.js';
import { policyOf } from './route.js';

/** Gives the handler the tenant's id. */
export const Tenant = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => requestOf(context).tenant!.id,
);

/** Chooses the tenant before anything else of the request is looked at. Throws Fault not_found or invalid_input. */
@Injectable()
export class TenantGuard implements CanActivate {
  constructor(@Inject(Database) private readonly db: Database) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!policyOf(context.getHandler())?.tenant) return true;
    const request = requestOf(context);
    request.tenant = await chooseTenant(this.db, request.headers['x-rollcall-tenant']);
    return true;
  }
}

export interface TenantRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  tenant?: StoredTenant;
}

const requestOf = (context: ExecutionContext): TenantRequest => context.switchToHttp().getRequest<TenantRequest>();
