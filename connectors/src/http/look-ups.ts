/**
 * Gathers look-ups by id that come close together into few calls. Each caller gets its own record or learns that there is none; when a
 * call fails, only those fail who were in it.
 */
import type { CallContext } from '../contracts.js';
import type { Clock } from '../ports.js';
import { unlessAborted } from './unless-aborted.js';

export interface LookUpSettings<T> {
  /** Answers with what was found, by id. */
  readonly fetch: (ids: readonly string[], context: CallContext) => Promise<ReadonlyMap<string, T>>;
  /** How long the first of a batch waits for others. */
  readonly windowMs: number;
  readonly mostIds: number;
  /** All ids of a batch together, as an address has an end. */
  readonly mostCharacters: number;
}

interface Batch<T> {
  readonly ids: Set<string>;
  characters: number;
  send: () => void;
  found: Promise<ReadonlyMap<string, T>>;
}

export class LookUps<T> {
  #open: Batch<T> | null = null;

  constructor(
    private readonly settings: LookUpSettings<T>,
    private readonly clock: Clock,
  ) {}

  async find(id: string, context: CallContext): Promise<T | undefined> {
    context.signal.throwIfAborted();
    const length = encodeURIComponent(id).length;
    if (this.#open && this.#isFull(this.#open, length)) this.#open.send();
    const batch = (this.#open ??= this.#begin(context));
    if (!batch.ids.has(id)) batch.characters += length;
    batch.ids.add(id);
    return (await unlessAborted(batch.found, context.signal)).get(id);
  }

  #isFull({ ids, characters }: Batch<T>, more: number): boolean {
    return ids.size >= this.settings.mostIds || characters + more > this.settings.mostCharacters;
  }

  #begin(first: CallContext): Batch<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const batch: Batch<T> = {
      ids: new Set(),
      characters: 0,
      send: () => {
        if (this.#open === batch) this.#open = null;
        resolve();
      },
      found: promise.then(() => this.settings.fetch([...batch.ids], sharedBy(first))),
    };
    batch.found.catch(() => undefined);
    void this.clock.sleep(this.settings.windowMs).then(() => batch.send());
    return batch;
  }
}

/** The call belongs to all who are in it, so no single one can end it. */
const sharedBy = (first: CallContext): CallContext => ({ ...first, signal: new AbortController().signal });
