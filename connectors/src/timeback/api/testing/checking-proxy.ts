/** Stands between our client and a server, lets everything pass, and notes what of each request and each answer does not fit the published document. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FakeSource } from '../../../testing/fake-source.js';
import type { PublishedApi } from '../../../testing/published-api.js';

export class CheckingProxy {
  /** Operations that were asked for. */
  readonly called = new Set<string>();
  #asked: string[] = [];
  #answered: string[] = [];
  #source!: FakeSource;
  checked = 0;

  private constructor(
    private readonly target: string,
    private readonly published: PublishedApi,
    private readonly base: string,
  ) {}

  static async start(target: string, published: PublishedApi, base: string): Promise<CheckingProxy> {
    const proxy = new CheckingProxy(target, published, base);
    proxy.#source = await FakeSource.start((request, response) => void proxy.#pass(request, response));
    return proxy;
  }

  get baseUrl(): string {
    return this.#source.baseUrl;
  }

  stop(): Promise<void> {
    return this.#source.stop();
  }

  /** What did not fit since the last time. */
  misfits(): { readonly asked: readonly string[]; readonly answered: readonly string[] } {
    const found = { asked: this.#asked, answered: this.#answered };
    this.#asked = [];
    this.#answered = [];
    return found;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.target);
    const { method, headers, body } = this.#source.requests.at(-1)!;
    const { authorization = '', 'content-type': type = 'application/json' } = headers;
    const init = { method, headers: { authorization, 'content-type': type }, ...(body ? { body } : {}) };
    const answered = await fetch(url, init);
    const text = await answered.text();
    this.#check(url, method, body, answered.status, text);
    response.writeHead(answered.status, { 'content-type': 'application/json' }).end(text);
  }

  #check({ pathname, searchParams }: URL, method: string, body: string, status: number, text: string): void {
    if (!pathname.startsWith(this.base)) return;
    const operation = this.published.find(method, pathname);
    if (!operation) {
      this.#asked.push(`${method} ${pathname} is not in the document`);
      return;
    }
    this.checked += 1;
    this.called.add(operation.id);
    const named = (each: string) => `${operation.id}: ${each}`;
    this.#asked.push(...operation.requestMisfits(searchParams, body).map(named));
    this.#answered.push(...operation.answerMisfits(status, text).map(named));
  }
}
