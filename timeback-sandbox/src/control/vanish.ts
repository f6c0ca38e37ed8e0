/** Rows that disappear without a trace, as a leaver does: a student takes the enrollments along. */
import { CLASSES_PER_STUDENT } from '../district/shape.js';
import type { District } from '../district/district.js';
import type { EntityName } from '../district/entities.js';
import { LEFT } from '../district/live-rows.js';
import { kindOfUser } from '../district/layout.js';

/** Answers how many enrollments went too. */
export function vanish(district: District, entity: EntityName, index: number): number {
  const { entities, shape } = district;
  entities[entity].live.remove(index, LEFT);
  district.revision += 1;
  const isUser = entity === 'users' || entity === 'demographics';
  if (!isUser || kindOfUser(shape, index) !== 'student') return 0;
  const first = district.firstEnrollmentOf(index);
  let gone = 0;
  for (let enrollment = first; enrollment < first + CLASSES_PER_STUDENT; enrollment += 1) {
    if (!entities.enrollments.live.isLive(enrollment)) continue;
    entities.enrollments.live.remove(enrollment, LEFT);
    gone += 1;
  }
  return gone;
}
