/**
 * What an application without a sync engine does: one ORM upsert for each row, one after the other. It runs on a sample, writes
 * the record's own table alone and finds it by its key, all in its favour; its rate does not depend on the number of rows.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { canonical, ended, type Canonical } from '../feed/canonical.js';
import { collections, type Collection, type Column, type Value } from '../feed/collections.js';
import { Feed } from '../feed/feed.js';
import { sampleOf } from '../mix.js';
import { integration, tenant } from '../plain-tables.js';
import { productModule } from '../product/product-module.js';
import type { Subject, Task } from '../subject.js';

type PrismaModule = typeof import('../../../server/src/store/prisma/generated/client.js');

/** Prisma's delegates differ in type and not in the one call that is needed here. */
interface Upserts {
  upsert(args: { where: object; create: object; update: object }): Promise<unknown>;
}

const delegates: Readonly<Record<string, string>> = {
  users: 'user',
  classes: 'class',
  enrollments: 'enrollment',
  courses: 'course',
};

export async function rowOrm(task: Task): Promise<Subject> {
  const { PrismaClient } = await productModule<PrismaModule>('store/prisma/generated/client.js');
  const prisma = new PrismaClient({
    adapter: new PrismaPg({ connectionString: task.databaseUrl }, { schema: 'plain' }),
  });
  await prisma.org.count();
  const models = prisma as unknown as Readonly<Record<string, Upserts>>;
  return {
    async work() {
      const feed = await new Feed(task.sandboxUrl).open();
      let done = 0;
      for (const { name, rows } of sampleOf(task.sample, await totalsOf(feed))) {
        const collection = collections.find((c) => c.name === name)!;
        const page = await feed.page(collection, 0, Math.max(1, rows));
        for (const row of page.rows.filter((each) => !ended(each))) {
          await models[delegates[name]!]!.upsert(upsertOf(collection, canonical(collection, row)));
          done += 1;
        }
      }
      feed.close();
      return done;
    },
    close: () => prisma.$disconnect(),
  };
}

async function totalsOf(feed: Feed): Promise<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const collection of collections) totals[collection.name] = (await feed.page(collection, 0, 1)).total;
  return totals;
}

function upsertOf(collection: Collection, record: Canonical) {
  const entries = collection.columns.map((column, i) => [camel(column.name), typed(column, record.values[i]!)]);
  const fields = Object.fromEntries(entries) as Record<string, unknown>;
  const key = { tenantId: tenant, id: record.externalId };
  const own = collection.name === 'enrollments' ? { integrationId: integration } : {};
  const marks = collection.marked
    ? { externalId: record.externalId, syncStatus: 'synced', lastSyncAt: new Date() }
    : {};
  return {
    where: { tenantId_id: key },
    create: { ...key, ...own, ...marks, ...fields },
    update: { ...marks, ...fields },
  };
}

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

function typed({ type }: Column, value: Value): unknown {
  if (value === null) return type === 'jsonb' ? undefined : null;
  if (type === 'boolean') return value === 't';
  if (type === 'date') return new Date(value as string);
  return type === 'jsonb' ? (JSON.parse(value as string) as unknown) : value;
}
