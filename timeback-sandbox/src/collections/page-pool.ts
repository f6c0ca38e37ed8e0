/** Page buffers used over and over, so that serving a large district leaves next to no garbage. */
import { Page } from '../district/page.js';

const KEPT = 8;
/** A page grown beyond this (huge-field faults) is not kept. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

export class PagePool {
  readonly #free: Page[] = [];

  take(): Page {
    return (this.#free.pop() ?? new Page()).clear();
  }

  giveBack(page: Page): void {
    if (this.#free.length < KEPT && page.length <= MAX_KEPT_BYTES) this.#free.push(page);
  }
}
