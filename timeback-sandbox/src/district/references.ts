/** Writes references as the API does: {href, sourcedId, type}, some with a display name. The host is invented and fixed. */
import type { District } from './district.js';

export const HREF_HOST = 'https://timeback.example.org';

export class References {
  readonly #base: string;
  #schools: { revision: number; plain: string[]; named: string[] } = { revision: -1, plain: [], named: [] };

  constructor(
    private readonly district: District,
    private readonly orgName: (org: number) => string,
  ) {
    this.#base = HREF_HOST + district.hrefBase;
  }

  to(path: string, id: string, type: string): string {
    return `{"href":"${this.#base}/${path}/${id}","sourcedId":"${id}","type":"${type}"}`;
  }

  named(path: string, id: string, type: string, name: string): string {
    return `{"href":"${this.#base}/${path}/${id}","sourcedId":"${id}","type":"${type}","name":"${name}"}`;
  }

  user(user: number): string {
    return this.to('users', this.district.entities.users.ids.of(user), 'user');
  }

  session(session: number): string {
    return this.to('academicSessions', this.district.entities.academicSessions.ids.of(session), 'academicSession');
  }

  /** org 0 is the district itself; school n is org n + 1. */
  org(org: number): string {
    return this.#orgs().plain[org]!;
  }

  namedOrg(org: number): string {
    return this.#orgs().named[org]!;
  }

  #orgs() {
    if (this.#schools.revision !== this.district.revision) {
      const { ids } = this.district.entities.orgs;
      const all = Array.from({ length: this.district.shape.orgs }, (_, n) => n);
      this.#schools = {
        revision: this.district.revision,
        plain: all.map((n) => this.to('orgs', ids.of(n), 'org')),
        named: all.map((n) => this.named('orgs', ids.of(n), 'org', this.orgName(n))),
      };
    }
    return this.#schools;
  }
}
