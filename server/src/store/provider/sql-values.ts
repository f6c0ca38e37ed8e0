/** The values of one statement of the provider, each handed to PostgreSQL as a parameter: nothing that a client sends becomes SQL. */
export class SqlValues {
  readonly list: unknown[] = [];

  /** The parameter that stands for the value, cast to a type. */
  add(value: unknown, type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}
