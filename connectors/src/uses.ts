/** Who uses a provider now, so that one that was replaced is disposed of only when the last of them has done. */
import type { IRosterProvider } from './contracts.js';

export class Uses {
  readonly #counts = new Map<IRosterProvider, number>();
  readonly #ending = new Set<IRosterProvider>();

  /** `dispose` must not throw. */
  constructor(private readonly dispose: (provider: IRosterProvider) => Promise<void>) {}

  async during<T>(provider: IRosterProvider, work: (provider: IRosterProvider) => Promise<T>): Promise<T> {
    this.#counts.set(provider, (this.#counts.get(provider) ?? 0) + 1);
    try {
      return await work(provider);
    } finally {
      const left = this.#counts.get(provider)! - 1;
      if (left > 0) this.#counts.set(provider, left);
      else {
        this.#counts.delete(provider);
        if (this.#ending.delete(provider)) void this.dispose(provider);
      }
    }
  }

  /** At once where nobody uses it. */
  endWith(provider: IRosterProvider): void {
    if (this.#counts.has(provider)) this.#ending.add(provider);
    else void this.dispose(provider);
  }
}
