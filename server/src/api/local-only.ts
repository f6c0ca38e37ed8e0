/**
 * Refuses whoever is not on this machine. There is no sign-in yet, so a request has to come over loopback, name a loopback host
 * (a web page that rebinds its own name to 127.0.0.1 does not) and not be sent by a page of another site.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf, RequestRefused } from './problem.js';

/** A hook for Fastify; it covers every address, also those that Nest does not know. */
export async function localOnly(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const refusal = refusalOf(request);
  if (refusal === null) return undefined;
  const error = new RequestRefused(
    403,
    'local_only',
    refusal,
    'Use http://127.0.0.1 on the machine itself, or an SSH tunnel.',
  );
  const problem = problemOf(error, request.url.split('?')[0]!);
  return reply.status(403).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
}

function refusalOf({ socket, headers }: FastifyRequest): string | null {
  if (!isLoopbackAddress(socket.remoteAddress ?? ''))
    return 'Only this machine may use the API until sign-in is built.';
  if (!isLoopbackHost(`http://${headers.host ?? ''}`)) return 'The Host header does not name this machine.';
  // A browser sends Origin with every request that changes something, and "null" from a page that hides where it comes from.
  if (headers.origin !== undefined && !isLoopbackHost(headers.origin))
    return 'A page of another site sent this request.';
  return null;
}

const isLoopbackAddress = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);

export function isLoopbackHost(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, username, password } = new URL(url);
  return loopbackNames.has(hostname) && username === '' && password === '';
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);
