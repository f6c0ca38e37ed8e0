/** What a reader sees of the district right now: its rows, computed or written, with today's bad records, minus emptied collections. */
import { type BadRecord, spoil } from './faults/bad-records.js';
import type { District } from './district/district.js';
import { type EntityName, entityNames } from './district/entities.js';
import type { Page } from './district/page.js';
import { Rows } from './district/rows.js';
import { FIRST_NEW, Written, type WrittenRow } from './writes/written.js';

export class View {
  readonly rows: Rows;
  readonly bad = new Map<EntityName, Map<number, BadRecord>>(entityNames.map((name) => [name, new Map()]));
  readonly written = new Written();
  readonly emptied = new Set<EntityName>();

  constructor(readonly district: District) {
    this.rows = new Rows(district);
  }

  isSpoiled(entity: EntityName, index: number): boolean {
    const bad = this.bad.get(entity)!;
    return bad.size > 0 && bad.has(index);
  }

  /** The row as JSON text. */
  rowText(entity: EntityName, index: number): string {
    const text = this.soundText(entity, index);
    return this.isSpoiled(entity, index) ? spoil(this.bad.get(entity)!.get(index)!, entity, text) : text;
  }

  /** Without what a bad record makes of it. */
  soundText(entity: EntityName, index: number): string {
    return this.writtenAt(entity, index)?.text ?? this.rows.text(entity, index);
  }

  write(page: Page, entity: EntityName, index: number): Page {
    if (this.isSpoiled(entity, index)) return page.text(this.rowText(entity, index));
    const written = this.writtenAt(entity, index);
    return written ? page.text(written.text) : this.rows.write(page, entity, index);
  }

  /** What came last counts: a control that touches a row lays aside what was written of it before. */
  writtenAt(entity: EntityName, index: number): WrittenRow | undefined {
    const row = this.written.isEmpty ? undefined : this.written.at(entity, index);
    if (!row || index >= FIRST_NEW) return row;
    const editedAt = this.rows.head.editedAt(entity, index);
    return editedAt !== undefined && editedAt > row.modifiedAt ? undefined : row;
  }

  status(entity: EntityName, index: number): string {
    return this.writtenAt(entity, index)?.status ?? this.rows.head.status(entity, index);
  }

  modifiedAt(entity: EntityName, index: number): string {
    return this.writtenAt(entity, index)?.modifiedAt ?? this.rows.head.modifiedAt(entity, index);
  }
}
