/**
 * Reads forms at the token endpoint, which OAuth 2 wants, and nowhere else: any web page may send a form, and no other address
 * may be reached by one.
 */
import type { FastifyInstance } from 'fastify';
import { tokenPath } from '../../provider/operations.js';

const longestForm = 16 * 1024;

export function readTokenForms(server: FastifyInstance): void {
  const form = { parseAs: 'string', bodyLimit: longestForm } as const;
  server.addContentTypeParser('application/x-www-form-urlencoded', form, (request, body, done) => {
    if (request.url.split('?')[0] === tokenPath) return done(null, new URLSearchParams(String(body)));
    done(Object.assign(new Error('forms are not read here'), { statusCode: 415 }));
  });
}
