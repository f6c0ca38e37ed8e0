/**
 * A server that answers in the place of the source, and cannot prove that it is the source: what it would say empties the roster, and
 * whoever asks it has believed it.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

interface Certified {
  readonly cert: string;
  readonly key: string;
}
type Certificate = (
  wish: { name: string; hosts?: readonly string[]; from?: Date; until?: Date; isAuthority?: boolean },
  by?: Certified,
) => Certified;

const day = 86_400_000;

export const falseProofs = ['expired', 'not valid yet', 'for another host', 'signed by itself', 'an old TLS'] as const;
export type FalseProof = (typeof falseProofs)[number];

export class Impostor {
  /** Requests that came through: there must be none. */
  believed = 0;

  private constructor(private readonly server: Server) {}

  static async open(proof: FalseProof): Promise<Impostor> {
    // Of the connectors' tests; a program of a workspace next door, like the sandbox.
    const made = new URL('../../../connectors/dist/testing/certificates.js', import.meta.url);
    const { certificate } = (await import(made.href)) as { certificate: Certificate };
    const server = createServer({
      ...certified(certificate, proof),
      ...(proof === 'an old TLS' ? { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } : {}),
    });
    const impostor = new Impostor(server);
    server.on('tlsClientError', () => undefined);
    server.on('request', (_request, response) => {
      impostor.believed += 1;
      const nothing = { access_token: 'x', expires_in: 3600, totalCount: 0, orgs: [], users: [], enrollments: [] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(nothing));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return impostor;
  }

  get baseUrl(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }
}

function certified(certificate: Certificate, proof: FalseProof): Certified {
  const own = { name: 'source', hosts: ['127.0.0.1'] };
  const at = (days: number) => new Date(Date.now() + days * day);
  const authority = certificate({ name: 'Nobody’s Authority', isAuthority: true });
  if (proof === 'expired') return certificate({ ...own, from: at(-30), until: at(-1) }, authority);
  if (proof === 'not valid yet') return certificate({ ...own, from: at(1), until: at(30) }, authority);
  if (proof === 'for another host') return certificate({ ...own, hosts: ['10.9.8.7'] }, authority);
  return certificate(own);
}
