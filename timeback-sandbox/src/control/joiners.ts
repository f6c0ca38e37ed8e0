/** New students with their enrollments, spread over the live schools; they come last in sourcedId order. */
import { checkFields, wholeFrom } from '../body.js';
import { CLASSES_PER_STUDENT } from '../district/shape.js';
import { Refusal } from '../answers.js';
import type { Verb } from './verb.js';

export const joiners: Verb = ({ view: { district } }, body) => {
  checkFields(body, { count: wholeFrom(1) }, ['count']);
  const count = body.count as number;
  const { users, enrollments } = district.entities;
  const first = users.live.size;
  if (first + count > users.ids.capacity) throw new Refusal(409, 'The district has no room for so many joiners.');
  const schools = Array.from({ length: district.shape.schools }, (_, n) => n).filter((n) => district.isSchoolLive(n));
  if (schools.length === 0) throw new Refusal(409, 'There is no school to join.');
  const modifiedAt = district.clock.tick();
  users.live.grow(first + count);
  enrollments.live.grow(enrollments.live.size + count * CLASSES_PER_STUDENT);
  for (let user = first; user < first + count; user += 1) {
    const edit = users.touch(user, modifiedAt);
    edit.school = schools[user % schools.length]!;
    edit.movedAt = modifiedAt;
  }
  district.revision += 1;
  const sourcedIds = Array.from({ length: count }, (_, n) => users.ids.of(first + n));
  return { joined: count, enrollments: count * CLASSES_PER_STUDENT, sourcedIds, modifiedAt };
};
