/**
 * Everything of one school vanishes from every collection, the org too, and comes back with restore-school. People who only
 * had a second role there stay without it.
 */
import type { District } from '../district/district.js';
import { type EntityName, entityNames } from '../district/entities.js';
import { checkFields, text } from '../body.js';
import { Refusal } from '../answers.js';
import { SCHOOL_LOST } from '../district/live-rows.js';
import type { Verb } from './verb.js';

/** The school that a row belongs to. */
const SCHOOL_OF: Record<EntityName, (district: District, index: number) => number> = {
  orgs: (_, org) => org - 1,
  academicSessions: (district, session) => district.schoolOfSession(session),
  courses: (district, course) => Math.floor(course / district.shape.coursesPerSchool),
  users: (district, user) => district.schoolOfUser(user),
  classes: (district, classIndex) => district.schoolOfClass(classIndex),
  enrollments: (district, enrollment) => district.schoolOfEnrollment(enrollment),
  // shares the users' rows
  demographics: () => -1,
};

const ROSTER = entityNames.filter((name) => name !== 'demographics');

function forRowsOf(district: District, school: number, visit: (entity: EntityName, index: number) => void): void {
  for (const entity of ROSTER) {
    const { size } = district.entities[entity].live;
    for (let index = 0; index < size; index += 1) {
      if (SCHOOL_OF[entity](district, index) === school) visit(entity, index);
    }
  }
}

/** Rows of people with a second role at the school change, and the district's list of schools: so do their dates. */
function touchNeighbours(district: District, school: number): number {
  const { users } = district.entities;
  const modifiedAt = district.clock.tick();
  district.entities.orgs.touch(0, modifiedAt);
  let touched = 0;
  for (let user = 0; user < users.live.size; user += 1) {
    const second = district.secondSchoolOfUser(user) === school || parentAt(district, user) === school;
    if (!second || !users.live.isLive(user)) continue;
    users.touch(user, modifiedAt);
    touched += 1;
  }
  return touched;
}

function parentAt(district: District, user: number): number {
  const { teachersFrom, aidesFrom } = district.shape;
  return user >= teachersFrom && user < aidesFrom ? district.schoolOfOwnChild(user) : -1;
}

const schoolsOf = (district: District, live: boolean) =>
  Array.from({ length: district.shape.schools }, (_, n) => n).filter((n) => district.isSchoolLive(n) === live);

function named(district: District, id: unknown): number | undefined {
  if (id === undefined) return undefined;
  const org = district.entities.orgs.ids.indexOf(id as string);
  if (org < 1 || org >= district.shape.orgs) throw new Refusal(404, `There is no school "${String(id)}".`);
  return org - 1;
}

const describe = (district: District, school: number) => district.entities.orgs.ids.of(school + 1);

export const loseSchool: Verb = ({ view: { district } }, body) => {
  checkFields(body, { school: text });
  const school = named(district, body.school) ?? schoolsOf(district, true)[0];
  if (school === undefined || !district.isSchoolLive(school)) throw new Refusal(409, 'That school is lost already.');
  const rows: Record<string, number> = Object.fromEntries(ROSTER.map((name) => [name, 0]));
  forRowsOf(district, school, (entity, index) => {
    const { live } = district.entities[entity];
    if (live.isLive(index)) rows[entity]! += 1;
    live.remove(index, SCHOOL_LOST);
  });
  const lostSecondRole = touchNeighbours(district, school);
  district.revision += 1;
  return { lost: describe(district, school), rows, lostSecondRole };
};

export const restoreSchool: Verb = ({ view: { district } }, body) => {
  checkFields(body, { school: text });
  const asked = named(district, body.school);
  const schools = asked === undefined ? schoolsOf(district, false) : [asked];
  const rows: Record<string, number> = Object.fromEntries(ROSTER.map((name) => [name, 0]));
  for (const school of schools) {
    forRowsOf(district, school, (entity, index) => {
      const { live } = district.entities[entity];
      const wasLive = live.isLive(index);
      live.restore(index, SCHOOL_LOST);
      if (!wasLive && live.isLive(index)) rows[entity]! += 1;
    });
    touchNeighbours(district, school);
  }
  district.revision += 1;
  return { restored: schools.map((school) => describe(district, school)), rows };
};
