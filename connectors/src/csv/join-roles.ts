/** Users with their roles, which OneRoster 1.2 keeps in a file of its own. Roles wait in a spool, and each user's in a chain of row numbers. */
import { Spool } from './spool.js';
import type { CsvWireRow } from './row-writer.js';

export class RoleJoin {
  readonly #roles: Spool;
  /** Of each user, the last of its roles; of each role, the one before it. -1 where there is none. */
  readonly #last: Int32Array;
  #before = new Int32Array(1024);

  constructor(
    folder: string,
    private readonly users: Spool,
  ) {
    this.#roles = new Spool(folder, 'roles');
    this.#last = new Int32Array(users.rows).fill(-1);
  }

  add(user: number, { roleType, role, org, beginDate, endDate }: CsvWireRow): void {
    const at = this.#roles.add(JSON.stringify({ roleType, role, org, beginDate, endDate }));
    if (at >= this.#before.length) {
      const longer = new Int32Array(this.#before.length * 2);
      longer.set(this.#before);
      this.#before = longer;
    }
    this.#before[at] = this.#last[user]!;
    this.#last[user] = at;
  }

  /** A spool of users with their roles, in the same order; both old spools are closed. */
  joined(folder: string): Spool {
    const all = new Spool(folder, 'users-with-roles');
    for (let user = 0; user < this.users.rows; user += 1) {
      const roles: string[] = [];
      for (let at = this.#last[user]!; at !== -1; at = this.#before[at]!) roles.unshift(this.#text(this.#roles, at));
      all.add(`${this.#text(this.users, user).slice(0, -1)},"roles":[${roles.join(',')}]}`);
    }
    this.close();
    this.users.close();
    return all;
  }

  close(): void {
    this.#roles.close();
  }

  #text(spool: Spool, row: number): string {
    return spool.read(row, row + 1).toString('utf8');
  }
}
