/** Students who vanish from the rows, with their enrollments; nothing is marked tobedeleted. */
import { checkFields, share, wholeFrom } from '../body.js';
import { Refusal } from '../answers.js';
import type { Verb } from './verb.js';
import { collectionByName } from '../collections/catalogue.js';
import { countRows } from '../collections/positions.js';
import { sample } from './sample.js';
import { vanish } from './vanish.js';

export const leavers: Verb = ({ view: { district } }, body) => {
  checkFields(body, { count: wholeFrom(1), share });
  if ((body.count === undefined) === (body.share === undefined)) {
    throw new Refusal(400, 'Give either "count" or "share".');
  }
  const students = collectionByName.get('students')!;
  const byShare = () => Math.max(1, Math.round(countRows(district, students) * (body.share as number)));
  const leaving = sample(district, students, (body.count as number | undefined) ?? byShare());
  let enrollments = 0;
  for (const student of leaving) enrollments += vanish(district, 'users', student);
  return { left: leaving.length, enrollments, sourcedIds: leaving.map((s) => district.entities.users.ids.of(s)) };
};
