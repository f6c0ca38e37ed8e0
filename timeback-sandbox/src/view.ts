/** What a reader sees of the district right now: its rows with today's bad records in them, minus emptied collections. */
import { type BadRecord, spoil } from './faults/bad-records.js';
import type { District } from './district/district.js';
import { type EntityName, entityNames } from './district/entities.js';
import type { Page } from './district/page.js';
import { Rows } from './district/rows.js';

export class View {
  readonly rows: Rows;
  readonly bad = new Map<EntityName, Map<number, BadRecord>>(entityNames.map((name) => [name, new Map()]));
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
    const text = this.rows.text(entity, index);
    return this.isSpoiled(entity, index) ? spoil(this.bad.get(entity)!.get(index)!, entity, text) : text;
  }

  write(page: Page, entity: EntityName, index: number): Page {
    if (this.isSpoiled(entity, index)) return page.text(this.rowText(entity, index));
    return this.rows.write(page, entity, index);
  }
}
