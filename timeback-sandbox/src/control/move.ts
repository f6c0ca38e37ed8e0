/** Moves students to another school of their level where there is one; role, grade and enrollments follow. */
import { checkFields, wholeFrom } from '../body.js';
import { CLASSES_PER_STUDENT } from '../district/shape.js';
import type { District } from '../district/district.js';
import type { Verb } from './verb.js';
import { Refusal } from '../answers.js';
import { collectionByName } from '../collections/catalogue.js';
import { levelOf } from '../district/layout.js';
import { sample } from './sample.js';

export const move: Verb = ({ view: { district } }, body) => {
  checkFields(body, { count: wholeFrom(1) }, ['count']);
  const students = sample(district, collectionByName.get('students')!, body.count as number);
  const modifiedAt = district.clock.tick();
  for (const student of students) {
    const school = nextSchool(district, district.schoolOfStudent(student));
    const edit = district.entities.users.touch(student, modifiedAt);
    edit.school = school;
    edit.movedAt = modifiedAt;
    // a parent's role is at the child's school
    for (const agent of district.agents(student)) district.entities.users.touch(agent, modifiedAt);
  }
  district.revision += 1;
  const sourcedIds = students.map((student) => district.entities.users.ids.of(student));
  return { moved: students.length, enrollments: students.length * CLASSES_PER_STUDENT, sourcedIds, modifiedAt };
};

export function nextSchool(district: District, from: number): number {
  const { schools } = district.shape;
  const others = Array.from({ length: schools - 1 }, (_, n) => (from + 1 + n) % schools);
  const live = others.filter((school) => district.isSchoolLive(school));
  const target = live.find((school) => levelOf(school) === levelOf(from)) ?? live[0];
  if (target === undefined) throw new Refusal(409, 'There is no other school to move to.');
  return target;
}
