/** fast-check arbitraries of canonical records, derived from the entity table, so that a new field is covered at once. */
import fc from 'fast-check';
import type { Entity, RosterRecord } from '../roster/entities.js';
import type { Field, FieldKind } from '../roster/field.js';
import { userRoles } from '../roster/user.js';
import { aRecordOf } from './builders.js';

/** Short and full of what could blur the borders between values. */
export const text = fc.string({
  minLength: 1,
  maxLength: 6,
  unit: fc.constantFrom('a', 'é', '1', ':', '-', '[', 't', '"', '\\'),
});
const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const sortedSet = fc.uniqueArray(text, { maxLength: 3 }).map((texts) => texts.sort());
export const metadata = fc.option(fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { minKeys: 1, maxKeys: 3 }));

const roles = fc.array(
  fc.record({
    roleType: fc.constantFrom('primary', 'secondary'),
    role: fc.constantFrom(...userRoles),
    org: text,
    beginDate: fc.option(day),
    endDate: fc.option(day),
  }),
  { minLength: 1, maxLength: 2 },
);

const values: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  text,
  flag: fc.boolean(),
  date: day,
  set: sortedSet,
  document: metadata,
  reference: text,
  references: sortedSet,
  roles,
};

/** Values of a field; words of closed vocabularies are not needed where only the projection looks. */
const valueOf = (field: Field, mayBeNull: boolean) => (mayBeNull ? fc.option(values[field.kind]) : values[field.kind]);

export function arbitraryRecord(entity: Entity): fc.Arbitrary<RosterRecord> {
  const template = aRecordOf[entity.name]() as unknown as Record<string, unknown>;
  const fields = entity.fields.map((field) => [field.name, valueOf(field, template[field.name] === null)] as const);
  return fc
    .record({ sourcedId: text, status: fc.constantFrom('active', 'tobedeleted'), ...Object.fromEntries(fields) })
    .map((record) => ({ ...template, ...record }) as unknown as RosterRecord);
}
