/** A route without query parameters takes none: a misspelt or forgotten one is refused, never silently left out. */
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { Fault } from '@rollcall/core';
import type { FastifyRequest } from 'fastify';

@Injectable()
export class QueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const given = Object.keys(context.switchToHttp().getRequest<FastifyRequest>().query as object);
    if (given.length > 0 && !takesQuery(context))
      throw new Fault('invalid_input', 'This address takes no query parameters.');
    return true;
  }
}

/** Those that take a query check it against their own schema, which is strict. */
function takesQuery(context: ExecutionContext): boolean {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {};
  return Object.keys(parameters).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}
