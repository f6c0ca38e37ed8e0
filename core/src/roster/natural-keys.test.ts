/** Natural keys name fields that their entity has. */
import { expect, it } from '@jest/globals';
import { entities } from './entities.js';
import { naturalKeys } from './natural-keys.js';

it.each(entities)('$name have natural keys of their own fields', ({ name, fields }) => {
  const known = fields.map((field) => field.name);
  expect(naturalKeys[name].keys.length).toBeGreaterThan(0);
  for (const key of naturalKeys[name].keys) expect(known).toEqual(expect.arrayContaining([...key]));
});
