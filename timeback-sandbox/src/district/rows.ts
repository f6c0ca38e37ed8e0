/** The writer of every entity's rows, wired to one district. */
import { ClassRows } from './classes.js';
import { CourseRows } from './courses.js';
import { DemographicsRows } from './demographics.js';
import { EnrollmentRows } from './enrollments.js';
import { OrgNames, OrgRows } from './orgs.js';
import { People } from './people.js';
import { References } from './references.js';
import { RowHead } from './row-head.js';
import { SessionRows } from './sessions.js';
import { UserRows } from './users.js';
import type { District } from './district.js';
import type { EntityName } from './entities.js';

export class Rows {
  readonly head: RowHead;
  readonly #writers: Record<EntityName, { row(index: number): string }>;

  constructor(district: District) {
    this.head = new RowHead(district);
    const people = new People(district);
    const orgNames = new OrgNames(district);
    const refs = new References(district, (org) => orgNames.of(org));
    const courses = new CourseRows(district, this.head);
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

  /** The row as JSON text. */
  write(entity: EntityName, index: number): string {
    return this.#writers[entity].row(index);
  }
}
