/**
 * The floor of a re-sync: what the set of checksums holds is unchanged and leaves one slim line; the rest is staged whole. Each
 * page is committed with its record; at the end only what changed is merged.
 */
import { randomUUID } from 'node:crypto';
import { canonical, ended, type Canonical } from '../feed/canonical.js';
import { collections, type Collection } from '../feed/collections.js';
import { arrayText, copyText } from '../feed/copy-text.js';
import { Feed, type Page } from '../feed/feed.js';
import type { Subject, Task } from '../subject.js';
import { copyLines, Writers } from '../writers.js';
import { Checksums } from './checksums.js';
import { mergeChanged } from './merge-changed.js';
import { recordPage } from './record-page.js';

export async function floorReSync(task: Task): Promise<Subject> {
  const writers = await Writers.open(task.databaseUrl);
  const run = randomUUID();
  return {
    async work() {
      await writers.with((client) => client.query('TRUNCATE slim, changed'));
      const base = await writers.with((client) => Checksums.load(client));
      const feed = await new Feed(task.sandboxUrl).open();
      const rows = await feed.each((page) => {
        const lines = linesOf(page, base);
        return writers.with((client) => write(client, page, lines, run));
      });
      feed.close();
      const merged = await writers.with((client) => mergeChanged(client, run, collections));
      // Every member is found again, or changed: nothing has gone missing.
      if (base.hits + merged !== base.size)
        throw new Error(`the floor lost rows: ${base.hits} unchanged and ${merged} changed of ${base.size}`);
      return rows;
    },
    close: () => writers.close(),
  };
}

interface Lines {
  slim: string;
  changed: string;
  slimRows: number;
  changedRows: number;
}

function linesOf({ collection, rows }: Page, base: Checksums): Lines {
  const lines: Lines = { slim: '', changed: '', slimRows: 0, changedRows: 0 };
  for (const row of rows) {
    const record = canonical(collection, row);
    if (base.has(record.checksum)) {
      lines.slim += `${record.externalId}\t${record.checksum}\n`;
      lines.slimRows += 1;
    } else {
      lines.changed += changedLine(collection, record, ended(row));
      lines.changedRows += 1;
    }
  }
  return lines;
}

/** The values as texts, lists in PostgreSQL's notation; references still lead to external ids. */
function changedLine(collection: Collection, record: Canonical, isEnded: boolean): string {
  const values = record.values.map((value) => (Array.isArray(value) ? arrayText(value) : value));
  const fields = Object.fromEntries(collection.columns.map((column, i) => [column.name, values[i]]));
  const roles = record.roles.map((role) => ({ ...role, org: role.org.sourcedId }));
  const texts = [JSON.stringify(fields), JSON.stringify(roles)].map((json) => copyText(json, false));
  const head = `${collection.name}\t${record.externalId}\t${record.checksum}\t${record.modified}\t${isEnded ? 't' : 'f'}`;
  return `${head}\t${texts.join('\t')}\n`;
}

async function write(client: Parameters<typeof copyLines>[0], page: Page, lines: Lines, run: string): Promise<void> {
  await recordPage(client, page, run, lines.changedRows, lines.slimRows);
  await copyLines(client, 'slim (external_id, checksum)', lines.slim);
  await copyLines(client, 'changed (entity, external_id, checksum, modified, ended, record, roles)', lines.changed);
  await client.query('COMMIT');
}
