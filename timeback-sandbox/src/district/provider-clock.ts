/** The provider's own clock: follows the wall, never stands still or goes back, so that edits can be ordered by it. */
export class ProviderClock {
  #last = 0;

  tick(): string {
    this.#last = Math.max(Date.now(), this.#last + 1);
    return new Date(this.#last).toISOString();
  }
}
