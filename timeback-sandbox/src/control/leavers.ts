/** Students who vanish from the rows, of all schools or one, with their enrollments; nothing is marked tobedeleted. */
import { checkFields, share, text, wholeFrom } from '../body.js';
import { Refusal } from '../answers.js';
import type { District } from '../district/district.js';
import type { Verb } from './verb.js';
import { collectionByName } from '../collections/catalogue.js';
import { countRows, rowsAt } from '../collections/positions.js';
import { sample } from './sample.js';
import { vanish } from './vanish.js';

export const leavers: Verb = ({ view: { district } }, body) => {
  checkFields(body, { count: wholeFrom(1), share, school: text });
  if ((body.count === undefined) === (body.share === undefined)) {
    throw new Refusal(400, 'Give either "count" or "share".');
  }
  const students = collectionByName.get('students')!;
  const ofSchool = body.school === undefined ? null : studentsOf(district, body.school as string);
  const all = ofSchool?.length ?? countRows(district, students);
  const wanted = (body.count as number | undefined) ?? Math.max(1, Math.round(all * (body.share as number)));
  const leaving = ofSchool?.slice(0, wanted) ?? sample(district, students, wanted);
  let enrollments = 0;
  for (const student of leaving) enrollments += vanish(district, 'users', student);
  return { left: leaving.length, enrollments, sourcedIds: leaving.map((s) => district.entities.users.ids.of(s)) };
};

function studentsOf(district: District, id: string): number[] {
  const org = district.entities.orgs.ids.indexOf(id);
  if (org < 1 || org >= district.shape.orgs) throw new Refusal(404, `There is no school "${id}".`);
  const students = collectionByName.get('students')!;
  const rows = rowsAt(district, students, 0, countRows(district, students));
  return rows.filter((student) => district.schoolOfUser(student) === org - 1);
}
