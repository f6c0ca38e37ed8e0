/**
 * A TCP proxy that spoils what goes through it: latency, bandwidth, a trickle, a black hole, resets, half-closed connections, an
 * answer cut after so many bytes, or cut as soon as a word was sent. All of it can be set while connections are open.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProxyFault {
  /** Each piece comes this much later, either way. */
  readonly latencyMs?: number;
  /** Of what comes back; one piece at a time. 1 is a trickle. */
  readonly bytesPerSecond?: number;
  /** Nothing is passed on and nothing is closed. */
  readonly blackHole?: boolean;
  /** New connections are refused by a reset. */
  readonly refuse?: boolean;
  /** The connection ends in good order after so many bytes of its answer. */
  readonly truncateAfter?: number;
  /** The connection is reset after so many bytes of its answer. */
  readonly resetAfter?: number;
  /** Our side stops sending after so many bytes of the answer, and goes on listening. */
  readonly halfCloseAfter?: number;
  /** What holds this word is passed on, and its answer never comes: the connection is reset instead. */
  readonly cutAfterWord?: string;
}

export class FaultProxy {
  readonly #pairs = new Set<Pair>();
  #fault: ProxyFault = {};
  /** How often `cutAfterWord` has struck. */
  cuts = 0;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async open(target: { host: string; port: number }): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const proxy = new FaultProxy(server, typeof address === 'object' && address ? address.port : 0);
    server.on('connection', (from) => proxy.#let(from, target));
    return proxy;
  }

  /** To whatever the address names; the same address by way of the proxy is `through`. */
  static to(url: string): Promise<FaultProxy> {
    const { hostname, port } = new URL(url);
    return FaultProxy.open({ host: hostname, port: Number(port) });
  }

  through(url: string): string {
    const own = new URL(url);
    own.hostname = '127.0.0.1';
    own.port = String(this.port);
    return own.href.replace(/\/$/, '');
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** From now on, also for connections that are open. Without a fault all is well again. */
  set(fault: ProxyFault = {}): void {
    this.#fault = fault;
  }

  /** Every open connection is reset. */
  resetAll(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.resetAll();
    await closed;
  }

  #let(from: Socket, target: { host: string; port: number }): void {
    if (this.#fault.refuse) return void from.resetAndDestroy();
    const pair = new Pair(from, connect({ ...target, allowHalfOpen: true }), {
      fault: () => this.#fault,
      isCut: (piece) => this.#isCut(piece),
      ended: () => this.#pairs.delete(pair),
    });
    this.#pairs.add(pair);
    pair.run();
  }

  #isCut(piece: Buffer): boolean {
    const { cutAfterWord } = this.#fault;
    if (cutAfterWord === undefined || !piece.includes(cutAfterWord)) return false;
    this.cuts += 1;
    return true;
  }
}

interface Rules {
  readonly fault: () => ProxyFault;
  readonly isCut: (piece: Buffer) => boolean;
  readonly ended: () => void;
}

/** How long the other side may take to carry out what was sent before the way back is cut. */
const carriedOutMs = 60;

class Pair {
  #answered = 0;
  #isCut = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly rules: Rules,
  ) {}

  run(): void {
    for (const [socket, other] of [
      [this.from, this.to],
      [this.to, this.from],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.rules.ended();
        other.destroy();
      });
    }
    void this.#pump(this.from, this.to, (piece) => this.#asked(piece));
    void this.#pump(this.to, this.from, (piece) => this.#answer(piece));
  }

  reset(): void {
    this.rules.ended();
    this.from.resetAndDestroy();
    this.to.resetAndDestroy();
  }

  async #pump(source: Socket, target: Socket, pass: (piece: Buffer) => Promise<void>): Promise<void> {
    try {
      for await (const piece of source) await pass(piece as Buffer);
      if (!target.destroyed) target.end();
    } catch {
      // A socket that was destroyed under way: its `close` has ended both.
    }
  }

  async #asked(piece: Buffer): Promise<void> {
    await this.#wait();
    if (this.rules.isCut(piece)) this.#isCut = true;
    this.to.write(piece);
    if (this.#isCut) setTimeout(() => this.reset(), carriedOutMs);
  }

  async #answer(piece: Buffer): Promise<void> {
    await this.#wait();
    if (this.#isCut) return;
    const { bytesPerSecond } = this.rules.fault();
    if (bytesPerSecond === undefined) return this.#pass(piece);
    for (let at = 0; at < piece.length;) {
      // Asked each time: a fault that is over must not go on for the rest of a long answer.
      const rate = this.rules.fault().bytesPerSecond ?? Infinity;
      const step = Math.min(piece.length - at, Math.max(1, Math.ceil(rate / 50)));
      this.#pass(piece.subarray(at, at + step));
      at += step;
      if (rate !== Infinity) await sleep((step / rate) * 1000);
      if (this.from.destroyed) return;
    }
  }

  #pass(piece: Buffer): void {
    const { truncateAfter, resetAfter, halfCloseAfter } = this.rules.fault();
    const last = truncateAfter ?? resetAfter ?? halfCloseAfter ?? Infinity;
    const rest = last - this.#answered;
    this.#answered += piece.length;
    if (rest > piece.length) return void this.from.write(piece);
    this.from.write(piece.subarray(0, Math.max(0, rest)));
    if (resetAfter !== undefined) setTimeout(() => this.reset(), 5);
    else if (!this.from.writableEnded) this.from.end();
    if (truncateAfter !== undefined) this.to.destroy();
  }

  async #wait(): Promise<void> {
    while (this.rules.fault().blackHole && !this.from.destroyed) await sleep(10);
    const { latencyMs } = this.rules.fault();
    if (latencyMs) await sleep(latencyMs);
  }
}
