/** Writes academic sessions: for the district and each school a school year, two semesters or three terms, grading periods. */
import { DISTRICT, type District } from './district.js';
import { SCHOOL_YEAR, YEAR_END, YEAR_START } from './calendar.js';
import { SESSIONS_PER_ORG } from './shape.js';
import type { Page } from './page.js';
import type { References } from './references.js';
import type { RowHead } from './row-head.js';
import { levelOf } from './layout.js';

interface Plan {
  title: string;
  type: 'schoolYear' | 'semester' | 'term' | 'gradingPeriod';
  start: string;
  end: string;
  /** places within the same calendar */
  parent: number;
  children: number[];
}

const plan = (
  title: string,
  type: Plan['type'],
  start: string,
  end: string,
  parent: number,
  children: number[] = [],
): Plan => ({ title, type, start, end, parent, children });

const SEMESTERS: Plan[] = [
  plan('2026-2027', 'schoolYear', YEAR_START, YEAR_END, -1, [1, 2]),
  plan('Semester 1', 'semester', YEAR_START, '2026-12-18', 0, [3, 4]),
  plan('Semester 2', 'semester', '2027-01-05', YEAR_END, 0, [5, 6]),
  plan('Quarter 1', 'gradingPeriod', YEAR_START, '2026-10-16', 1),
  plan('Quarter 2', 'gradingPeriod', '2026-10-19', '2026-12-18', 1),
  plan('Quarter 3', 'gradingPeriod', '2027-01-05', '2027-03-12', 2),
  plan('Quarter 4', 'gradingPeriod', '2027-03-15', YEAR_END, 2),
];
const TERMS: Plan[] = [
  plan('2026-2027', 'schoolYear', YEAR_START, YEAR_END, -1, [1, 2, 3]),
  plan('Fall term', 'term', YEAR_START, '2026-11-20', 0, [4]),
  plan('Winter term', 'term', '2026-11-30', '2027-02-26', 0, [5]),
  plan('Spring term', 'term', '2027-03-01', YEAR_END, 0, [6]),
  plan('Fall reports', 'gradingPeriod', YEAR_START, '2026-11-20', 1),
  plan('Winter reports', 'gradingPeriod', '2026-11-30', '2027-02-26', 2),
  plan('Spring reports', 'gradingPeriod', '2027-03-01', YEAR_END, 3),
];

export const calendarOf = (school: number): Plan[] =>
  school !== DISTRICT && levelOf(school) === 'Elementary' ? TERMS : SEMESTERS;

/** The places [from, to) of a calendar's semesters or terms, and of its grading periods. */
export function placesOf(school: number): { terms: [number, number]; gradingPeriods: [number, number] } {
  const firstPeriod = calendarOf(school).findIndex((p) => p.type === 'gradingPeriod');
  return { terms: [1, firstPeriod], gradingPeriods: [firstPeriod, SESSIONS_PER_ORG] };
}

export class SessionRows {
  constructor(
    private readonly district: District,
    private readonly refs: References,
    private readonly head: RowHead,
  ) {}

  write(page: Page, session: number): Page {
    const { refs } = this;
    const school = this.district.schoolOfSession(session);
    const first = session - (session % SESSIONS_PER_ORG);
    const p = calendarOf(school)[session % SESSIONS_PER_ORG]!;
    const version = this.district.entities.academicSessions.version(session);
    const title = p.title + (version > 0 ? ` (revised ${version})` : '');
    this.head.write(page, 'academicSessions', session).text(`,"metadata":{},"title":"${title}"`);
    page.text(`,"startDate":"${p.start}","endDate":"${p.end}","type":"${p.type}","parent":`);
    if (p.parent < 0) page.text('null');
    else refs.sessions.write(page, first + p.parent);
    refs.org(page.text(`,"schoolYear":${SCHOOL_YEAR},"org":`), school + 1).text(',"children":');
    const children = p.children.map((child) => first + child);
    return refs.list(page, refs.sessions, children).text('}');
  }
}
