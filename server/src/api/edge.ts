/**
 * What every request and every answer goes through, whether Nest knows its address or not: the local check, safe headers, and
 * bodies that are as long as their route needs at most.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { localOnly } from './local-only.js';

export const longestBody = 64 * 1024;
/** Ten thousand ids, and some. */
const longestBodyWithRows = 512 * 1024;

/** Bodies that a route reads as they come, by what it takes. */
export const streamedTypes = { package: ['application/zip'], rows: ['text/csv', 'application/x-ndjson'] } as const;
export type StreamedBody = keyof typeof streamedTypes;

/** Call it before the routes are made. */
export function guardEdge(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if ((route.config as { longBody?: boolean } | undefined)?.longBody) route.bodyLimit = longestBodyWithRows;
  });
  // A stream, which the route itself bounds. Any other route answers such a body as it answers types that it does not know; no web
  // page may send these types to another site unasked.
  for (const [what, types] of Object.entries(streamedTypes))
    server.addContentTypeParser([...types], (request, payload, done) => {
      const { streamedBody } = request.routeOptions.config as { streamedBody?: string | null };
      done(streamedBody === what ? null : Object.assign(new Error('not read here'), { statusCode: 415 }), payload);
    });
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    void reply.headers(safeHeaders);
    return localOnly(request, reply);
  });
}

// The page of the documentation styles itself inline; scripts come from files only.
const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; form-action 'none'",
};
