/**
 * One district: computed from (seed, students), plus a small overlay of edits. Promises that equal inputs give equal rows and
 * that memory grows with the edits, not with the district.
 */
import { agentsOf, childOf, childOfTeacher, firstSchoolOf, kindOfUser } from './layout.js';
import { Entity, type EntityName } from './entities.js';
import { ProviderClock } from './provider-clock.js';
import { CLASSES_PER_STUDENT, SESSIONS_PER_ORG, type Shape, shapeOf } from './shape.js';
import { mix, salt } from './hash.js';

export const DISTRICT = -1;
const SECOND_SCHOOL_EVERY = { student: 53, guardian: 0, teacher: 12, aide: 5, administrator: 0 };

export class District {
  readonly shape: Shape;
  readonly clock = new ProviderClock();
  readonly entities: Record<EntityName, Entity>;
  /** goes up with every change, so that derived pieces know when they are stale */
  revision = 0;
  readonly #studentSalt: number;

  constructor(
    readonly seed: number,
    readonly students: number,
    readonly hrefBase: string,
  ) {
    this.shape = shapeOf(students);
    this.#studentSalt = salt(seed, 'student');
    const { orgs, sessions, courses, users, classes, enrollments } = this.shape;
    const people = Entity.create('users', seed, users);
    this.entities = {
      orgs: Entity.create('orgs', seed, orgs),
      academicSessions: Entity.create('academicSessions', seed, sessions),
      courses: Entity.create('courses', seed, courses),
      users: people,
      classes: Entity.create('classes', seed, classes),
      enrollments: Entity.create('enrollments', seed, enrollments),
      // a demographics row has its user's sourcedId and goes when the user goes
      demographics: new Entity('demographics', students, people.ids, people.live),
    };
  }

  studentHash(user: number): number {
    return mix(this.#studentSalt, user);
  }

  schoolOfStudent(user: number): number {
    const { edits } = this.entities.users;
    const school = edits.size === 0 ? undefined : edits.get(user)?.school;
    return school ?? firstSchoolOf(this.shape, user);
  }

  /** The school of a user's primary role. */
  schoolOfUser(user: number): number {
    const s = this.shape;
    const kind = kindOfUser(s, user);
    if (kind === 'student') return this.schoolOfStudent(user);
    if (kind === 'guardian') return this.schoolOfStudent(childOf(s, user));
    if (kind === 'teacher') return Math.floor((user - s.teachersFrom) / s.teachersPerSchool);
    if (kind === 'aide') return Math.floor((user - s.aidesFrom) / s.aidesPerSchool);
    return Math.floor((user - s.administratorsFrom) / s.administratorsPerSchool);
  }

  /** The next school, for people who work or learn at two; DISTRICT when this user has none. */
  secondSchoolOfUser(user: number): number {
    const kind = kindOfUser(this.shape, user);
    const every = SECOND_SCHOOL_EVERY[kind];
    if (every === 0 || user % every !== 0) return DISTRICT;
    return (this.schoolOfUser(user) + 1) % this.shape.schools;
  }

  isSchoolLive(school: number): boolean {
    return this.entities.orgs.live.isLive(school + 1);
  }

  /** The number of a session's school, or DISTRICT. */
  schoolOfSession(session: number): number {
    return Math.floor(session / SESSIONS_PER_ORG) - 1;
  }

  schoolOfClass(classIndex: number): number {
    return Math.floor(classIndex / this.shape.classesPerSchool);
  }

  /** The user index of a student's enrollment, or -1 for an enrollment of staff. */
  studentOfEnrollment(enrollment: number): number {
    const { teachingFrom, enrollments, users } = this.shape;
    if (enrollment < teachingFrom) return Math.floor(enrollment / CLASSES_PER_STUDENT);
    if (enrollment < enrollments) return -1;
    return users + Math.floor((enrollment - enrollments) / CLASSES_PER_STUDENT);
  }

  /** The class of an enrollment of staff. */
  classOfStaff(enrollment: number): number {
    const s = this.shape;
    if (enrollment < s.proctoringFrom) return enrollment - s.teachingFrom;
    const aide = enrollment - s.proctoringFrom;
    const school = Math.floor(aide / s.aidesPerSchool);
    return school * s.classesPerSchool + (aide % s.classesPerSchool);
  }

  schoolOfEnrollment(enrollment: number): number {
    const student = this.studentOfEnrollment(enrollment);
    return student < 0 ? this.schoolOfClass(this.classOfStaff(enrollment)) : this.schoolOfStudent(student);
  }

  firstEnrollmentOf(student: number): number {
    const { users, enrollments } = this.shape;
    return student < users ? student * CLASSES_PER_STUDENT : enrollments + (student - users) * CLASSES_PER_STUDENT;
  }

  /** Live agents only: a lost guardian is no longer named by the student. */
  agents(student: number): number[] {
    return agentsOf(this.shape, student).filter((user) => this.entities.users.live.isLive(user));
  }

  /** The school of a teacher's own child, or DISTRICT. */
  schoolOfOwnChild(teacher: number): number {
    const child = childOfTeacher(this.shape, teacher);
    return child < 0 ? DISTRICT : this.schoolOfStudent(child);
  }
}
