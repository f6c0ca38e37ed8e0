/**
 * The rows that were written through the API: some stand in for computed ones, new ones come after them in the order in which they were
 * made. Memory is bounded: past the limits a write is refused and nothing changes.
 */
import { Refusal } from '../answers.js';
import type { EntityName } from '../district/entities.js';
import type { Row } from '../query/matches.js';

export const contentNames = ['courseComponents', 'componentResources'] as const;
export type ContentName = (typeof contentNames)[number];
export type WrittenName = EntityName | ContentName;

/** New rows are numbered from here, above every computed one. */
export const FIRST_NEW = 2 ** 40;
const MOST_ROWS = 20_000;
const MOST_CHARACTERS = 32_000_000;

export interface WrittenRow {
  readonly id: string;
  readonly text: string;
  readonly status: string;
  readonly modifiedAt: string;
  /** an org's or a session's type, a user's first role: which of the smaller collections show it */
  readonly kind: string | undefined;
}

export class Written {
  readonly #rows = new Map<WrittenName, Map<number, WrittenRow>>();
  readonly #ids = new Map<WrittenName, Map<string, number>>();
  readonly #lists = new Map<string, number[]>();
  #count = 0;
  #characters = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  at(entity: WrittenName, index: number): WrittenRow | undefined {
    return this.#rows.get(entity)?.get(index);
  }

  /** The number of a new row, or -1. */
  indexOf(entity: WrittenName, id: string): number {
    return this.#ids.get(entity)?.get(id) ?? -1;
  }

  /** The numbers of computed rows that others stand in for. */
  replaced(entity: WrittenName): number[] {
    return [...(this.#rows.get(entity)?.keys() ?? [])].filter((index) => index < FIRST_NEW);
  }

  /** The numbers of the new rows in their order, of one kind where one is given. */
  created(entity: WrittenName, kind?: string): readonly number[] {
    const key = `${entity} ${kind ?? ''}`;
    let list = this.#lists.get(key);
    if (!list) {
      const rows = [...(this.#rows.get(entity) ?? [])];
      const suits = ([index, row]: [number, WrittenRow]) => index >= FIRST_NEW && (!kind || row.kind === kind);
      list = rows.filter(suits).map(([index]) => index);
      this.#lists.set(key, list);
    }
    return list;
  }

  add(entity: WrittenName, row: Row): number {
    const index = FIRST_NEW + this.#count;
    this.put(entity, index, row);
    const ids = this.#ids.get(entity) ?? new Map<string, number>();
    this.#ids.set(entity, ids.set(row.sourcedId as string, index));
    return index;
  }

  put(entity: WrittenName, index: number, row: Row): void {
    const rows = this.#rows.get(entity) ?? new Map<number, WrittenRow>();
    const text = JSON.stringify(row);
    const former = rows.get(index);
    const characters = this.#characters + text.length - (former?.text.length ?? 0);
    if (characters > MOST_CHARACTERS || (!former && this.#count >= MOST_ROWS))
      throw new Refusal(422, `The sandbox keeps ${MOST_ROWS} written rows of ${MOST_CHARACTERS} characters at most.`);
    const [id, status, modifiedAt] = [row.sourcedId, row.status, row.dateLastModified] as [string, string, string];
    this.#rows.set(entity, rows.set(index, { id, text, status, modifiedAt, kind: kindOf(row) }));
    this.#characters = characters;
    if (!former) this.#count += 1;
    this.#lists.clear();
  }
}

function kindOf(row: Row): string | undefined {
  if (typeof row.type === 'string') return row.type;
  if (!Array.isArray(row.roles)) return undefined;
  const roles = row.roles as { role: string; roleType: string }[];
  return (roles.find(({ roleType }) => roleType === 'primary') ?? roles[0])?.role;
}
