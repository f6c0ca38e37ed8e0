/** The writer of every entity's rows, wired to one district. */
import { ClassRows } from './classes.js';
import { CourseRows } from './courses.js';
import { DemographicsRows } from './demographics.js';
import { EnrollmentRows } from './enrollments.js';
import { OrgNames, OrgRows } from './orgs.js';
import { Page } from './page.js';
import { People } from './people.js';
import { References } from './references.js';
import { RowHead } from './row-head.js';
import { SessionRows } from './sessions.js';
import { UserRows } from './users.js';
import type { District } from './district.js';
import type { EntityName } from './entities.js';

export class Rows {
  readonly head: RowHead;
  readonly #scratch = new Page();
  readonly #writers: Record<EntityName, { write(page: Page, index: number): Page }>;

  constructor(district: District) {
    this.head = new RowHead(district);
    const people = new People(district);
    const orgNames = new OrgNames(district);
    const refs = new References(district, (org) => orgNames.of(org));
    const courses = new CourseRows(district, refs, this.head);
    const classes = new ClassRows(district, courses, refs, this.head);
    const users = new UserRows(district, people, refs, this.head);
    this.#writers = {
      orgs: new OrgRows(district, orgNames, refs, this.head),
      academicSessions: new SessionRows(district, refs, this.head),
      courses,
      users,
      classes,
      enrollments: new EnrollmentRows(district, people, courses, classes, refs, this.head),
      demographics: new DemographicsRows(district, users, this.head),
    };
  }

  write(page: Page, entity: EntityName, index: number): Page {
    return this.#writers[entity].write(page, index);
  }

  /** The row as JSON text. */
  text(entity: EntityName, index: number): string {
    return this.write(this.#scratch.clear(), entity, index).bytes.toString('utf8');
  }
}
