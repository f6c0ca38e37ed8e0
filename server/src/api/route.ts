/**
 * The one way to declare a route: what it needs permission for, how it is audited, what it answers. Start-up refuses a route
 * that was declared otherwise. Permissions are recorded only; sign-in, which enforces them, is not built yet.
 */
import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { ZodType } from 'zod';
import type { StreamedBody } from './edge.js';
import { problemSchema } from './problem.js';

export interface RouteOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** The operation's name in OpenAPI, which generated clients call. */
  readonly id: string;
  readonly summary: string;
  readonly permission: Permission;
  readonly audit: AuditPolicy;
  /** What it answers; null for text, or for what `answers` says. */
  readonly answer: ZodType | null;
  /** The media type of an answer that is neither JSON nor text. */
  readonly answers?: 'application/zip';
  readonly status?: number;
  /** Statuses of the problems that it may answer, besides 403 and 500. */
  readonly problems?: readonly number[];
  /** Whether it concerns one tenant, chosen by a header. True unless said otherwise. */
  readonly tenant?: boolean;
  /** Whether its body may list rows, and so be longer than others. */
  readonly longBody?: boolean;
  /** A body that is read as it comes, of whatever length. */
  readonly streamedBody?: StreamedBody;
}

export type Permission =
  | (
      | 'health.read'
      | 'metrics.read'
      | 'roster.read'
      | 'integrations.read'
      | 'integrations.pause'
      | 'integrations.change'
      | 'integrations.check'
    )
  | 'provider.read'
  | ('runs.read' | 'runs.request' | 'runs.undo' | 'runs.cancel')
  | ('holds.read' | 'holds.decide' | 'schedules.read' | 'schedules.change')
  | ('mappings.read' | 'mappings.change')
  | ('letters.read' | 'letters.settle' | 'limits.read' | 'limits.change');

/**
 * none: nothing about people is shown or changed. access: people's records are shown, and the log says which route did so for
 * how many records. change: the use case writes the audit trail in its own transaction.
 */
export type AuditPolicy = 'none' | 'access' | 'change';

export interface RoutePolicy {
  readonly id: string;
  readonly permission: Permission;
  readonly audit: AuditPolicy;
  readonly answer: ZodType | null;
  readonly tenant: boolean;
}

export function Route(route: RouteOptions): MethodDecorator {
  const { method, path, id, summary, permission, audit, answer, status = 200, problems = [], tenant = true } = route;
  const { longBody = false, streamedBody = null, answers } = route;
  const policy: RoutePolicy = { id, permission, audit, answer, tenant };
  const failures = [...new Set([400, 403, 500, 503, ...(tenant ? [404] : []), ...problems])].toSorted((a, b) => a - b);
  return applyDecorators(
    RequestMapping({ method: RequestMethod[method], path }),
    HttpCode(status),
    SetMetadata(POLICY, policy),
    RouteConfig({ longBody, streamedBody }),
    ApiOperation({ operationId: id, summary, description: `Permission: ${permission}. Audit: ${audit}.` }),
    answer ? ApiResponse({ status, description: 'Success', standardSchema: answer }) : plainAnswer(status, answers),
    ...(streamedBody === 'package'
      ? [ApiConsumes('application/zip'), ApiBody({ schema: { type: 'string', format: 'binary' } })]
      : []),
    ...failures.map((failure) => ApiResponse({ status: failure, description: 'Problem', ...problemContent })),
    ...(tenant ? [ApiHeader(tenantHeader)] : []),
  );
}

/** Undefined for a handler that was not declared with `Route`. */
export const policyOf = (handler: object): RoutePolicy | undefined => Reflect.getMetadata(POLICY, handler);

const POLICY = 'rollcall:route-policy';

const plainAnswer = (status: number, answers: RouteOptions['answers']): MethodDecorator => {
  const schema = answers ? ({ type: 'string', format: 'binary' } as const) : ({ type: 'string' } as const);
  return ApiResponse({ status, description: 'Success', content: { [answers ?? 'text/plain']: { schema } } });
};

const problemContent = {
  content: { 'application/problem+json': { schema: { $ref: `#/components/schemas/${problemSchema.meta()!.id}` } } },
};

const tenantHeader = {
  name: 'X-Rollcall-Tenant',
  required: false,
  description: 'The name or id of the tenant; may be left out where there is only one.',
  schema: { type: 'string' },
};
