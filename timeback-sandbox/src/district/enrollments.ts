/** Writes enrollment rows, the hot path: every row names user, class, school and course, as the live API does. */
import { YEAR_END, YEAR_START, schoolDay } from './calendar.js';
import { classOfStudent, courseOfClass } from './layout.js';
import { CLASSES_PER_STUDENT } from './shape.js';
import type { ClassRows } from './classes.js';
import type { CourseRows } from './courses.js';
import type { District } from './district.js';
import type { People } from './people.js';
import type { References } from './references.js';
import type { RowHead } from './row-head.js';

export class EnrollmentRows {
  #lastStudent = { user: -1, revision: -1, reference: '' };

  constructor(
    private readonly district: District,
    private readonly people: People,
    private readonly courses: CourseRows,
    private readonly classes: ClassRows,
    private readonly refs: References,
    private readonly head: RowHead,
  ) {}

  row(enrollment: number): string {
    const { district, refs } = this;
    const { shape, entities } = district;
    const student = district.studentOfEnrollment(enrollment);
    let classIndex: number;
    let who: string;
    let role = 'student';
    if (student >= 0) {
      const slot = (enrollment - district.firstEnrollmentOf(student)) % CLASSES_PER_STUDENT;
      const school = district.schoolOfStudent(student);
      classIndex = classOfStudent(shape, school, district.studentHash(student), slot);
      who = this.#student(student);
    } else {
      classIndex = district.classOfStaff(enrollment);
      role = enrollment < shape.proctoringFrom ? 'teacher' : 'proctor';
      who = this.#person(this.#staff(enrollment, classIndex));
    }
    const course = courseOfClass(shape, classIndex);
    const school = district.schoolOfClass(classIndex);
    return (
      `${this.head.of('enrollments', enrollment)},"metadata":${enrollment % 5 === 0 ? '{"goals":{"dailyXp":25}}' : '{}'}` +
      `,"role":"${role}","primary":"${role === 'teacher' ? 'true' : 'false'}"${this.#dates(enrollment)}` +
      `,"user":${who}` +
      `,"class":${refs.named('classes', entities.classes.ids.of(classIndex), 'class', this.classes.title(classIndex))}` +
      `,"school":${refs.namedOrg(school + 1)}` +
      `,"course":${refs.named('courses', entities.courses.ids.of(course), 'course', this.courses.title(course))}}`
    );
  }

  #student(user: number): string {
    const last = this.#lastStudent;
    if (last.user !== user || last.revision !== this.district.revision) {
      this.#lastStudent = { user, revision: this.district.revision, reference: this.#person(user) };
    }
    return this.#lastStudent.reference;
  }

  #person(user: number): string {
    const id = this.district.entities.users.ids.of(user);
    return this.refs.named('users', id, 'user', this.people.displayName(user));
  }

  #staff(enrollment: number, classIndex: number): number {
    const s = this.district.shape;
    if (enrollment >= s.proctoringFrom) return s.aidesFrom + (enrollment - s.proctoringFrom);
    const school = this.district.schoolOfClass(classIndex);
    const inSchool = classIndex % s.classesPerSchool;
    return s.teachersFrom + school * s.teachersPerSchool + (inSchool % s.teachersPerSchool);
  }

  /** Seen live: end dates that are null, in the past though active, or carry a time. */
  #dates(enrollment: number): string {
    const hash = this.head.hash(enrollment) >>> 9;
    const version = this.district.entities.enrollments.version(enrollment);
    const begin = version > 0 ? schoolDay(10 + version) : hash % 12 === 0 ? schoolDay(hash % 10) : YEAR_START;
    const end = hash % 10 === 3 ? 'null' : hash % 50 === 7 ? '"2026-10-30"' : `"${YEAR_END}"`;
    const time = hash % 50 === 1 ? 'T00:00:00.000Z' : '';
    return `,"beginDate":"${begin}${time}","endDate":${end}`;
  }
}
