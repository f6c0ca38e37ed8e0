/** Writes enrollment rows, the hot path: every row names user, class, school and course, as the live API does. */
import { YEAR_END, YEAR_START, schoolDay } from './calendar.js';
import { classOfStudent, courseOfClass } from './layout.js';
import { CLASSES_PER_STUDENT } from './shape.js';
import type { ClassRows } from './classes.js';
import type { CourseRows } from './courses.js';
import type { District } from './district.js';
import { Page } from './page.js';
import type { People } from './people.js';
import type { References } from './references.js';
import type { RowHead } from './row-head.js';

const ROLE = {
  student: Buffer.from(',"role":"student","primary":"false","beginDate":"'),
  teacher: Buffer.from(',"role":"teacher","primary":"true","beginDate":"'),
  proctor: Buffer.from(',"role":"proctor","primary":"false","beginDate":"'),
};

export class EnrollmentRows {
  /** how the rows of each class of one school end; pages are read school by school */
  #tails = { school: -1, revision: -1, ofClass: new Map<number, Buffer>() };
  readonly #scratch = new Page();

  constructor(
    private readonly district: District,
    private readonly people: People,
    private readonly courses: CourseRows,
    private readonly classes: ClassRows,
    private readonly refs: References,
    private readonly head: RowHead,
  ) {}

  write(page: Page, enrollment: number): Page {
    const { district, refs } = this;
    const { shape } = district;
    const student = district.studentOfEnrollment(enrollment);
    let classIndex: number;
    let user = student;
    let role: keyof typeof ROLE = 'student';
    if (student >= 0) {
      const slot = enrollment - district.firstEnrollmentOf(student);
      const school = district.schoolOfStudent(student);
      classIndex = classOfStudent(shape, school, district.studentHash(student), slot);
    } else {
      classIndex = district.classOfStaff(enrollment);
      role = enrollment < shape.proctoringFrom ? 'teacher' : 'proctor';
      user = this.#staff(enrollment, classIndex);
    }
    this.head.write(page, 'enrollments', enrollment);
    page.text(enrollment % CLASSES_PER_STUDENT === 0 ? ',"metadata":{"goals":{"dailyXp":25}}' : ',"metadata":{}');
    this.#dates(page.raw(ROLE[role]), enrollment).text(',"user":');
    refs.users.named(page, user).text(',"name":"').text(this.people.given(user)).text(' ');
    return page.text(this.people.family(user)).raw(this.#tail(classIndex));
  }

  /** Closes the user's name and adds class, school and course. */
  #tail(classIndex: number): Buffer {
    const { refs, district } = this;
    const school = district.schoolOfClass(classIndex);
    if (this.#tails.school !== school || this.#tails.revision !== district.revision) {
      this.#tails = { school, revision: district.revision, ofClass: new Map() };
    }
    let tail = this.#tails.ofClass.get(classIndex);
    if (tail === undefined) {
      const course = courseOfClass(district.shape, classIndex);
      const page = this.#scratch.clear().text('"},"class":');
      refs.withName(refs.classes.named(page, classIndex), this.classes.title(classIndex)).text(',"school":');
      refs.namedOrg(page, school + 1).text(',"course":');
      refs.withName(refs.courses.named(page, course), this.courses.title(course)).text('}');
      tail = Buffer.from(page.bytes);
      this.#tails.ofClass.set(classIndex, tail);
    }
    return tail;
  }

  #staff(enrollment: number, classIndex: number): number {
    const s = this.district.shape;
    if (enrollment >= s.proctoringFrom) return s.aidesFrom + (enrollment - s.proctoringFrom);
    const school = this.district.schoolOfClass(classIndex);
    const inSchool = classIndex % s.classesPerSchool;
    return s.teachersFrom + school * s.teachersPerSchool + (inSchool % s.teachersPerSchool);
  }

  /** Seen live: end dates that are null, in the past though active, or begin dates with a time. */
  #dates(page: Page, enrollment: number): Page {
    const hash = this.head.hash(enrollment) >>> 9;
    const version = this.district.entities.enrollments.version(enrollment);
    const begin = version > 0 ? schoolDay(10 + version) : hash % 12 === 0 ? schoolDay(hash % 10) : YEAR_START;
    page.text(begin).text(hash % 50 === 1 ? 'T00:00:00.000Z","endDate":' : '","endDate":');
    if (hash % 10 === 3) return page.text('null');
    return page
      .text('"')
      .text(hash % 50 === 7 ? '2026-10-30' : YEAR_END)
      .text('"');
  }
}
