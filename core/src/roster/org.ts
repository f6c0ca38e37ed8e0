/** An organisation: a district, a school or a department, as a tree through `parent`. */
import { z } from 'zod';
import { document, reference, text } from './field.js';
import { recordHead, sourcedId, textValue } from './record.js';

export const orgTypes = ['department', 'school', 'district', 'local', 'state', 'national'] as const;

export const orgSchema = z
  .object({
    ...recordHead,
    name: textValue,
    type: z.enum(orgTypes),
    identifier: textValue.nullable(),
    parent: sourcedId.nullable(),
  })
  .meta({ id: 'Org' });

export type Org = z.infer<typeof orgSchema>;

export const orgFields = [
  text('name'),
  text('type'),
  text('identifier'),
  reference('parent', 'parent_id', 'orgs'),
  document('metadata'),
];
