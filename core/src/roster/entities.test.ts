/** The entity table: every row is complete, and references never point forward. */
import { describe, expect, it } from '@jest/globals';
import { aRecordOf } from '../testing/builders.js';
import { entities, entityNamed, entityNames } from './entities.js';

describe.each(entities)('$name', (entity) => {
  it('has a builder whose record fits the schema', () => {
    const record = aRecordOf[entity.name]();
    expect(entity.schema.parse(record)).toEqual(record);
  });

  it('compares every field of its schema but the head that is compared anyway or never', () => {
    const apart = ['sourcedId', 'status', 'dateLastModified'];
    const inSchema = Object.keys(aRecordOf[entity.name]()).filter((name) => !apart.includes(name));
    expect(entity.fields.map((field) => field.name).toSorted()).toEqual(inSchema.toSorted());
  });

  it('refers only to entities before it, or to itself', () => {
    const position = entityNames.indexOf(entity.name);
    for (const field of entity.fields)
      if (field.target) expect(entityNames.indexOf(field.target)).toBeLessThanOrEqual(position);
  });

  it('uses each column once', () => {
    const columns = entity.fields.map((field) => field.column);
    expect(new Set(columns).size).toBe(columns.length);
  });

  it('rejects a record without a key', () => {
    expect(entity.schema.safeParse({ ...aRecordOf[entity.name](), sourcedId: '' }).success).toBe(false);
  });
});

it('an unknown entity name is an error that lists the known ones', () => {
  expect(() => entityNamed('parents')).toThrow(/orgs/);
});
