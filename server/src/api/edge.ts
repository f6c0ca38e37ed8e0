/** What every request and every answer goes through, whether Nest knows its address or not: the local check and safe headers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { localOnly } from './local-only.js';

export function guardEdge(server: FastifyInstance): void {
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
