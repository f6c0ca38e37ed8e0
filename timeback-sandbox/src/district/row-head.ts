/** The first fields of every row: sourcedId, status, dateLastModified. */
import type { District } from './district.js';
import type { EntityName } from './entities.js';
import type { Page } from './page.js';
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
    return this.editedAt(entity, index) ?? baseModified(this.hash(index)).join('');
  }

  /** When a control last touched the row, if one ever did. */
  editedAt(entity: EntityName, index: number): string | undefined {
    const { users, [entity]: own } = this.district.entities;
    let at = own.edits.size === 0 ? undefined : own.edits.get(index)?.modifiedAt;
    if (entity === 'enrollments' && users.edits.size > 0) {
      const student = this.district.studentOfEnrollment(index);
      const movedAt = student < 0 ? undefined : users.edits.get(student)?.movedAt;
      if (movedAt && (at === undefined || movedAt > at)) at = movedAt;
    }
    return at;
  }

  /** Opens the row. */
  write(page: Page, entity: EntityName, index: number): Page {
    page.text('{"sourcedId":"').id(this.district.entities[entity].ids, index);
    page.text('","status":"').text(this.status(entity, index)).text('","dateLastModified":"');
    const edited = this.editedAt(entity, index);
    if (edited !== undefined) return page.text(edited).text('"');
    const [day, hour, clockFace] = baseModified(this.hash(index));
    return page.text(day).text(hour).text(clockFace).text('"');
  }
}
