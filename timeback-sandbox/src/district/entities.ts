/** One entity of a district: its ids, which rows are live, and the few rows that were edited since the start. */
import { Ids } from './ids.js';
import { LiveRows } from './live-rows.js';
import { salt } from './hash.js';

export const entityNames = [
  'orgs',
  'academicSessions',
  'courses',
  'users',
  'classes',
  'enrollments',
  'demographics',
] as const;
export type EntityName = (typeof entityNames)[number];

export interface Edit {
  /** 0 is the row as first invented */
  version: number;
  modifiedAt: string;
  status?: 'tobedeleted';
  /** a student's present school, when it is not the first one */
  school?: number;
  movedAt?: string;
}

export class Entity {
  readonly edits = new Map<number, Edit>();

  constructor(
    readonly name: EntityName,
    readonly baseSize: number,
    readonly ids: Ids,
    public live: LiveRows,
  ) {}

  /** The row's edit, made now if there was none. */
  touch(index: number, modifiedAt: string): Edit {
    const edit = this.edits.get(index) ?? { version: 0, modifiedAt };
    edit.modifiedAt = modifiedAt;
    this.edits.set(index, edit);
    return edit;
  }

  version(index: number): number {
    return this.edits.size === 0 ? 0 : (this.edits.get(index)?.version ?? 0);
  }

  static create(name: EntityName, seed: number, size: number): Entity {
    return new Entity(name, size, new Ids(salt(seed, `id.${name}`), size * 2 + 5 * 2 ** 20), new LiveRows(size));
  }
}
