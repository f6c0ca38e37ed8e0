/** Writes class rows: sections of a course, taught in a school's terms. As seen live, `org` is null and `school` is not. */
import type { CourseRows } from './courses.js';
import { SESSIONS_PER_ORG } from './shape.js';
import type { District } from './district.js';
import type { Page } from './page.js';
import type { References } from './references.js';
import type { RowHead } from './row-head.js';
import { courseOfClass, gradesOf } from './layout.js';
import { placesOf } from './sessions.js';

export class ClassRows {
  constructor(
    private readonly district: District,
    private readonly courses: CourseRows,
    private readonly refs: References,
    private readonly head: RowHead,
  ) {}

  title(classIndex: number): string {
    const { shape, entities } = this.district;
    const section = 100 + (classIndex % shape.classesPerSchool);
    const version = entities.classes.version(classIndex);
    const title = `${this.courses.title(courseOfClass(shape, classIndex))} ${section}`;
    return version > 0 ? `${title} (room change ${version})` : title;
  }

  write(page: Page, classIndex: number): Page {
    const { refs } = this;
    const { shape, entities } = this.district;
    const course = courseOfClass(shape, classIndex);
    const school = this.district.schoolOfClass(classIndex);
    const inSchool = classIndex % shape.classesPerSchool;
    const homeroom = inSchool < gradesOf(school).length * 2;
    const room = 100 + ((inSchool + 37 * entities.classes.version(classIndex)) % 300);
    this.head.write(page, 'classes', classIndex).text(',"metadata":{},"title":"').text(this.title(classIndex));
    page.text(`","classCode":"${school + 1}-${inSchool + 1}","classType":"${homeroom ? 'homeroom' : 'scheduled'}"`);
    page.text(`,"location":"Room ${room}","grades":["${this.courses.grade(course)}"]`);
    page.text(`,"subjects":["${this.courses.subject(course)}"],"course":`);
    refs.courses.write(page, course).text(',"org":null,"school":');
    refs.org(page, school + 1).text(',"terms":');
    refs.list(page, refs.sessions, this.#terms(school, inSchool));
    return page.text(`,"subjectCodes":[],"periods":["${(inSchool % 8) + 1}"],"resources":[]}`);
  }

  /** Most classes run all year; every sixth has one term only. */
  #terms(school: number, inSchool: number): number[] {
    const first = (school + 1) * SESSIONS_PER_ORG;
    const [from, to] = placesOf(school).terms;
    if (inSchool % 6 === 5) return [first + from + (inSchool % (to - from))];
    return Array.from({ length: to - from }, (_, n) => first + from + n);
  }
}
