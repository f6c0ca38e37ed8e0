/** TLS: whom we believe, how we show who we are, and that what cannot be believed is an outcome and never repeated. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { certificate, type Certified } from '../testing/certificates.js';
import { callContext, testPorts } from '../testing/ports.js';
import { Transport, type TransportSettings } from './transport.js';
import { verdictOf } from './verdicts.js';

const authority = certificate({ name: 'Test Authority', isAuthority: true });
const hosts = ['127.0.0.1', 'localhost'];
const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function source(own: Certified, asksForOurs = false): Promise<string> {
  const options = { ...own, ca: authority.cert, requestCert: asksForOurs, rejectUnauthorized: asksForOurs };
  const server: Server = createServer(options, (request, response) => {
    const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject ?? {};
    response.end(JSON.stringify({ hello: CN ?? 'stranger' }));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function ask(url: string, tls: TransportSettings['tls']) {
  const settings = { attemptTimeoutMs: 5000, maxBodyBytes: 10_000, gzip: false, maxSockets: 2 };
  const transport = new Transport({ ...settings, ...(tls ? { tls } : {}) }, testPorts());
  open.push(() => transport.close());
  return transport.send({
    operation: 'users.list',
    context: callContext(),
    attempt: 1,
    remainingMs: 5000,
    method: 'GET',
    url,
    headers: {},
  });
}

const said = (outcome: Awaited<ReturnType<typeof ask>>) =>
  outcome.kind === 'answer' ? (JSON.parse(outcome.body.toString()) as unknown) : outcome;

describe('mutual TLS', () => {
  const ours = certificate({ name: 'rollcall-client' }, authority);

  it('shows our certificate to a source that asks for it', async () => {
    const url = await source(certificate({ name: 'sis', hosts }, authority), true);
    expect(said(await ask(url, { ...ours, ca: authority.cert }))).toEqual({ hello: 'rollcall-client' });
  });

  it('without one, or with one of another authority, there is no answer', async () => {
    const url = await source(certificate({ name: 'sis', hosts }, authority), true);
    const theirs = certificate({ name: 'impostor' }, certificate({ name: 'Other', isAuthority: true }));
    expect(await ask(url, { ca: authority.cert })).not.toMatchObject({ kind: 'answer' });
    expect(await ask(url, { ...theirs, ca: authority.cert })).not.toMatchObject({ kind: 'answer' });
  });
});

describe('a source that cannot be believed is not asked again', () => {
  const yesterday = new Date(Date.now() - 3_600_000);

  it.each<[string, () => Certified]>([
    ['signed by itself', () => certificate({ name: 'sis', hosts })],
    ['out of date', () => certificate({ name: 'sis', hosts, until: yesterday }, authority)],
    ['for another host', () => certificate({ name: 'sis', hosts: ['elsewhere.example.org'] }, authority)],
  ])('%s', async (_, own) => {
    const outcome = await ask(await source(own()), { ca: authority.cert });
    expect(outcome).toMatchObject({ kind: 'untrusted' });
    expect(verdictOf(outcome, Date.now()).action).toBe('fail');
  });

  it('known only to an authority that the operator did not name', async () => {
    const outcome = await ask(await source(certificate({ name: 'sis', hosts }, authority)), undefined);
    expect(outcome).toMatchObject({ kind: 'untrusted' });
  });
});
