/** Gives rows other sourcedIds, as a source does that changes its system: same people, same order, and every reference follows. */
import { checkFields, oneOf, wholeFrom } from '../body.js';
import { kindOfUser, childOf } from '../district/layout.js';
import type { District } from '../district/district.js';
import type { Verb } from './verb.js';
import { collectionByName } from '../collections/catalogue.js';
import { sample } from './sample.js';

const kinds = ['users', 'classes', 'enrollments'] as const;
type Kind = (typeof kinds)[number];

export const rekey: Verb = ({ view: { district } }, body) => {
  checkFields(body, { count: wholeFrom(1), entity: oneOf(kinds) }, ['count']);
  const name = (body.entity ?? 'users') as Kind;
  const { ids } = district.entities[name];
  const rows = sample(district, collectionByName.get(name)!, body.count as number);
  const modifiedAt = district.clock.tick();
  const pairs = rows.map((row) => {
    const from = ids.of(row);
    ids.renew(row);
    touch(district, name, row, modifiedAt);
    return { from, to: ids.of(row) };
  });
  district.revision += 1;
  return { rekeyed: pairs.length, pairs, modifiedAt };
};

/** What names the row is modified with it: a student's enrollments, a guardian's child. */
function touch(district: District, name: Kind, row: number, modifiedAt: string): void {
  const edit = district.entities[name].touch(row, modifiedAt);
  if (name !== 'users') return;
  const kind = kindOfUser(district.shape, row);
  if (kind === 'student') edit.movedAt = modifiedAt;
  if (kind === 'guardian') district.entities.users.touch(childOf(district.shape, row), modifiedAt);
}
