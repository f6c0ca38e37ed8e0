/**
 * Equal reads that are under way at once are one read. A caller that gives up leaves the others alone; when all have given up, the
 * read is ended. All get the same value, which nobody may change.
 */
import type { CallContext } from '../contracts.js';
import { unlessAborted } from './unless-aborted.js';

interface Shared {
  readonly work: Promise<unknown>;
  readonly controller: AbortController;
  callers: number;
}

export class Coalescer {
  readonly #underWay = new Map<string, Shared>();

  async run<T>(key: string, context: CallContext, work: (context: CallContext) => Promise<T>): Promise<T> {
    context.signal.throwIfAborted();
    const shared = this.#underWay.get(key) ?? this.#begin(key, context, work);
    shared.callers += 1;
    try {
      return await unlessAborted(shared.work as Promise<T>, context.signal);
    } finally {
      shared.callers -= 1;
      if (shared.callers === 0) shared.controller.abort(context.signal.reason);
    }
  }

  #begin<T>(key: string, context: CallContext, work: (context: CallContext) => Promise<T>): Shared {
    const controller = new AbortController();
    const done = work({ ...context, signal: controller.signal }).finally(() => this.#forget(key, shared));
    const shared: Shared = { work: done, controller, callers: 0 };
    // Everybody may be gone when it fails.
    done.catch(() => undefined);
    this.#underWay.set(key, shared);
    controller.signal.addEventListener('abort', () => this.#forget(key, shared), { once: true });
    return shared;
  }

  #forget(key: string, shared: Shared): void {
    if (this.#underWay.get(key) === shared) this.#underWay.delete(key);
  }
}
