/** The first fields of every row: sourcedId, status, dateLastModified. */
import type { District } from './district.js';
import type { EntityName } from './entities.js';
import { baseModified } from './calendar.js';
import { mix, salt } from './hash.js';

/** One student enrollment in this many was already deleted at the source and stays in the lists. */
const DELETED_EVERY = 400;

export class RowHead {
  readonly #salt: number;

  constructor(private readonly district: District) {
    this.#salt = salt(district.seed, 'modified');
  }

  hash(index: number): number {
    return mix(this.#salt, index);
  }

  status(entity: EntityName, index: number): 'active' | 'tobedeleted' {
    const { edits } = this.district.entities[entity];
    const edited = edits.size === 0 ? undefined : edits.get(index)?.status;
    if (edited) return edited;
    const deleted = entity === 'enrollments' && index < this.district.shape.teachingFrom;
    return deleted && this.hash(index) % DELETED_EVERY === 0 ? 'tobedeleted' : 'active';
  }

  modifiedAt(entity: EntityName, index: number): string {
    const { edits } = this.district.entities[entity];
    let at = edits.size === 0 ? undefined : edits.get(index)?.modifiedAt;
    if (entity === 'enrollments' && this.district.entities.users.edits.size > 0) {
      const student = this.district.studentOfEnrollment(index);
      const movedAt = student < 0 ? undefined : this.district.entities.users.edits.get(student)?.movedAt;
      if (movedAt && (at === undefined || movedAt > at)) at = movedAt;
    }
    return at ?? baseModified(this.hash(index));
  }

  of(entity: EntityName, index: number): string {
    const id = this.district.entities[entity].ids.of(index);
    const status = this.status(entity, index);
    return `{"sourcedId":"${id}","status":"${status}","dateLastModified":"${this.modifiedAt(entity, index)}"`;
  }
}
