/** Makes a database ready for work: roles, schema and queue at the installed version. Twice does nothing. */
import { SetupProblem } from '../config/setup-problem.js';
import { migrateQueue } from '../jobs/migrate-queue.js';
import { migrate } from '../store/migrate.js';
import { provisionDatabase, type DatabaseUrls } from '../store/provision.js';

/** `url` is the administrator's; its database is used, or `rollcall` where it names the server's own one. */
export async function provision(url: string): Promise<DatabaseUrls> {
  const admin = new URL(url);
  const named = decodeURIComponent(admin.pathname.slice(1));
  admin.pathname = '/postgres';
  try {
    return await provisionDatabase(admin.href, named === '' || named === 'postgres' ? 'rollcall' : named);
  } catch (error) {
    throw sentenceFor(error, admin);
  }
}

export async function openDatabase(url: string): Promise<DatabaseUrls> {
  const urls = await provision(url);
  // Both are waited for, also when one fails: nothing may be under way when the database is taken away.
  const results = await Promise.allSettled([migrate(urls.owner), migrateQueue(urls.owner)]);
  for (const result of results) if (result.status === 'rejected') throw sentenceFor(result.reason, new URL(url));
  return urls;
}

function sentenceFor(error: unknown, { host }: URL): unknown {
  const { code } = error as { code?: string };
  if (code === '42501')
    return new SetupProblem(
      `The user in ROLLCALL_DATABASE_URL may not create roles and databases on ${host}: use one that may.`,
      { cause: error },
    );
  if (code === '42883')
    return new SetupProblem(`Rollcall needs PostgreSQL 18 or newer, and ${host} is older: use a newer server.`, {
      cause: error,
    });
  if (code === '28P01' || code === '28000')
    return new SetupProblem(`PostgreSQL on ${host} refuses the user in ROLLCALL_DATABASE_URL: correct it.`, {
      cause: error,
    });
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT')
    return new SetupProblem(`PostgreSQL on ${host} does not answer: start it, or correct ROLLCALL_DATABASE_URL.`, {
      cause: error,
    });
  return error;
}
