/**
 * The floor of a first load: each page is copied straight into record, link and change-log tables and committed with its page
 * record and an audit row. No plan, no proof, no guard: nothing that keeps these durable could be done with much less.
 */
import { randomUUID } from 'node:crypto';
import { canonical, ended, type Canonical } from '../feed/canonical.js';
import type { Collection, Column, Value } from '../feed/collections.js';
import { arrayText, copyText } from '../feed/copy-text.js';
import { Feed, type Page } from '../feed/feed.js';
import type { Subject, Task } from '../subject.js';
import { copyLines, Writers } from '../writers.js';
import { LocalIds } from './local-ids.js';
import { recordPage } from './record-page.js';

export async function floorFirstLoad(task: Task): Promise<Subject> {
  const writers = await Writers.open(task.databaseUrl);
  const run = randomUUID();
  return {
    async work() {
      const feed = await new Feed(task.sandboxUrl).open();
      const ids = new LocalIds();
      const rows = await feed.each((page) => {
        const lines = linesOf(page, ids);
        return writers.with((client) => write(client, page, lines, run));
      });
      feed.close();
      return rows;
    },
    close: () => writers.close(),
  };
}

interface Lines {
  records: string;
  links: string;
  log: string;
  roles: string;
  rows: number;
}

function linesOf({ collection, rows }: Page, ids: LocalIds): Lines {
  const lines: Lines = { records: '', links: '', log: '', roles: '', rows: 0 };
  for (const row of rows) {
    if (ended(row)) continue;
    const record = canonical(collection, row);
    const id = collection.name === 'enrollments' ? ids.next() : ids.of(collection.name, record.externalId);
    lines.records += recordLine(collection, record, id, ids);
    lines.links += `${collection.name}\t${record.externalId}\t${id}\t${record.checksum}\t${record.modified}\n`;
    lines.log += `${collection.table}\t${id}\tINSERT\n`;
    for (let i = 0; i < record.roles.length; i += 1) {
      const role = record.roles[i]!;
      const org = ids.of('orgs', role.org.sourcedId);
      lines.roles += `${id}\t${i + 1}\t${role.roleType}\t${role.role}\t${org}\t${role.beginDate ?? '\\N'}\t${role.endDate ?? '\\N'}\n`;
    }
    lines.rows += 1;
  }
  return lines;
}

function recordLine(collection: Collection, record: Canonical, id: string, ids: LocalIds): string {
  let line = id;
  const { columns } = collection;
  for (let i = 0; i < columns.length; i += 1)
    line += `\t${columns[i]!.refersTo ? target(columns[i]!, record.values[i]!, ids) : copyText(record.values[i]!, record.plain)}`;
  return `${line}${collection.marked ? `\t${record.externalId}` : ''}\n`;
}

function target(column: Column, value: Value, ids: LocalIds): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return ids.of(column.refersTo!, value);
  return arrayText(value.map((externalId) => ids.of(column.refersTo!, externalId)));
}

async function write(client: Parameters<typeof copyLines>[0], page: Page, lines: Lines, run: string): Promise<void> {
  const { collection } = page;
  const columns = [
    'id',
    ...collection.columns.map((column) => column.name),
    ...(collection.marked ? ['external_id'] : []),
  ];
  await recordPage(client, page, run, lines.rows, 0);
  await copyLines(client, `${collection.table} (${columns.join(', ')})`, lines.records);
  await copyLines(
    client,
    'external_system_mappings (entity, external_id, local_id, base_checksum, provider_modified_at)',
    lines.links,
  );
  await copyLines(client, 'change_log (entity, local_id, operation)', lines.log);
  await copyLines(client, 'user_roles (user_id, position, role_type, role, org_id, begin_date, end_date)', lines.roles);
  await client.query('COMMIT');
}
