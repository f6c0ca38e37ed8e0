/** A tiny HTTP source on loopback that answers what a test tells it, for wire-level behaviour that no well-meant sandbox shows. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

export type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void;

export class FakeSource {
  readonly requests: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[] = [];

  private constructor(
    readonly baseUrl: string,
    private readonly server: Server,
  ) {}

  /** `handler` gets the number of the request, from 1. */
  static async start(handler: Handler): Promise<FakeSource> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const source = new FakeSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      source.requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      handler(request, response, source.requests.length);
    });
    return source;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

export function answerJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}
