/** Writes course rows; a school's courses cover its grades and TimeBack's eight subjects. */
import type { District } from './district.js';
import type { Page } from './page.js';
import type { References } from './references.js';
import type { RowHead } from './row-head.js';
import { SESSIONS_PER_ORG } from './shape.js';
import { gradesOf } from './layout.js';

const SUBJECTS = ['Math', 'Reading', 'Language', 'Science', 'Writing', 'Social Studies', 'Vocabulary', 'FastMath'];
const VARIANTS = ['', ' Honors', ' Workshop', ' Seminar', ' Lab', ' Intensive'];
const gradeWord = (grade: string) => (grade === '-1' ? 'Pre-K' : grade === '0' ? 'Kindergarten' : `Grade ${grade}`);

export class CourseRows {
  readonly #titles = new Map<number, string>();

  constructor(
    private readonly district: District,
    private readonly refs: References,
    private readonly head: RowHead,
  ) {}

  school(course: number): number {
    return Math.floor(course / this.district.shape.coursesPerSchool);
  }

  grade(course: number): string {
    const grades = gradesOf(this.school(course));
    return grades[(course % this.district.shape.coursesPerSchool) % grades.length]!;
  }

  subject(course: number): string {
    return SUBJECTS[this.#rowInGrade(course) % SUBJECTS.length]!;
  }

  #rowInGrade(course: number): number {
    return Math.floor((course % this.district.shape.coursesPerSchool) / gradesOf(this.school(course)).length);
  }

  title(course: number): string {
    const version = this.district.entities.courses.version(course);
    const title = this.#plainTitle(course);
    return version > 0 ? `${title} (edition ${version + 1})` : title;
  }

  #plainTitle(course: number): string {
    const row = this.#rowInGrade(course);
    const grade = this.grade(course);
    const key = row * 16 + Number(grade) + 1;
    let title = this.#titles.get(key);
    if (title === undefined) {
      const variant = VARIANTS[Math.floor(row / SUBJECTS.length) % VARIANTS.length]!;
      title = `${gradeWord(grade)} ${this.subject(course)}${variant}`;
      this.#titles.set(key, title);
    }
    return title;
  }

  write(page: Page, course: number): Page {
    const { orgs, academicSessions } = this.district.entities;
    const org = this.school(course) + 1;
    const year = org * SESSIONS_PER_ORG;
    const code = `${this.subject(course).slice(0, 3).toUpperCase()}-${this.grade(course)}-${course}`;
    this.head.write(page, 'courses', course).text(',"metadata":{"AlphaLearn":{"DailyXPGoal":25}');
    page.text(`,"publishStatus":"published"},"title":"${this.title(course)}"`);
    page.text(',"academicSession":{"sourcedId":"').id(academicSessions.ids, year);
    this.refs.sessions.write(page.text('"},"schoolYear":'), year);
    page.text(`,"courseCode":"${code}","grades":["${this.grade(course)}"],"subjects":["${this.subject(course)}"]`);
    page.text(',"subjectCodes":[],"org":{"sourcedId":"').id(orgs.ids, org);
    return page.text('"},"level":null,"gradingScheme":null,"resources":[]}');
  }
}
