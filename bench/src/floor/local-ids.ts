/**
 * Local ids, given in rising order like uuidv7, so that rows of one load lie together. A reference to a record that is not
 * read yet gives that record its id.
 */
export class LocalIds {
  readonly #known = new Map<string, Map<string, string>>();
  readonly #head = headOf(Date.now());
  #count = 0;

  /** The id of a collection's record, always the same. */
  of(collection: string, externalId: string): string {
    let known = this.#known.get(collection);
    if (!known) this.#known.set(collection, (known = new Map()));
    let id = known.get(externalId);
    if (id === undefined) known.set(externalId, (id = this.next()));
    return id;
  }

  /** An id that nobody will ask for again. */
  next(): string {
    this.#count += 1;
    return `${this.#head}${this.#count.toString(16).padStart(12, '0')}`;
  }
}

function headOf(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-`;
}
