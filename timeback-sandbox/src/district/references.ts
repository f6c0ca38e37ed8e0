/** Writes references as the API does: {href, sourcedId, type}, some with a display name. The host is invented and fixed. */
import type { District } from './district.js';
import type { Ids } from './ids.js';
import type { Page } from './page.js';

export const HREF_HOST = 'https://timeback.example.org';

const SOURCED_ID = Buffer.from('","sourcedId":"');

/** One kind of reference: everything around the id, written once. */
class Kind {
  readonly #open: Buffer;
  readonly #close: Buffer;

  constructor(
    private readonly ids: Ids,
    base: string,
    path: string,
    type: string,
  ) {
    this.#open = Buffer.from(`{"href":"${base}/${path}/`);
    this.#close = Buffer.from(`","type":"${type}"`);
  }

  write(page: Page, index: number): Page {
    this.named(page, index);
    return page.text('}');
  }

  /** Left open, for a name. */
  named(page: Page, index: number): Page {
    return page.raw(this.#open).id(this.ids, index).raw(SOURCED_ID).id(this.ids, index).raw(this.#close);
  }
}

export class References {
  readonly users: Kind;
  readonly sessions: Kind;
  readonly courses: Kind;
  readonly classes: Kind;
  readonly #orgs: Kind;

  constructor(
    district: District,
    private readonly orgName: (org: number) => string,
  ) {
    const base = HREF_HOST + district.hrefBase;
    const { entities } = district;
    this.users = new Kind(entities.users.ids, base, 'users', 'user');
    this.sessions = new Kind(entities.academicSessions.ids, base, 'academicSessions', 'academicSession');
    this.courses = new Kind(entities.courses.ids, base, 'courses', 'course');
    this.classes = new Kind(entities.classes.ids, base, 'classes', 'class');
    this.#orgs = new Kind(entities.orgs.ids, base, 'orgs', 'org');
  }

  /** org 0 is the district itself; school n is org n + 1. */
  org(page: Page, org: number): Page {
    return this.#orgs.write(page, org);
  }

  namedOrg(page: Page, org: number): Page {
    return this.withName(this.#orgs.named(page, org), this.orgName(org));
  }

  withName(page: Page, name: string): Page {
    return page.text(',"name":"').text(name).text('"}');
  }

  /** [reference, reference, ...] */
  list(page: Page, kind: Kind, indexes: number[]): Page {
    page.text('[');
    for (let i = 0; i < indexes.length; i += 1) {
      if (i > 0) page.text(',');
      kind.write(page, indexes[i]!);
    }
    return page.text(']');
  }
}
