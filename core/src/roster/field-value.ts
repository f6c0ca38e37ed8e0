/** Whether a person may give a field of an entity this value: what the entity's own schema says, and that it can be stored. */
import type { ZodType } from 'zod';
import type { Entity } from './entities.js';

/** Null, or one sentence that names the field and the rule, never the value. */
export function fieldValueProblem(entity: Entity, field: string, value: unknown): string | null {
  const names = entity.fields.map((f) => f.name);
  if (!names.includes(field))
    return `There is no field ${quoted(field)} in ${entity.name}; there are ${names.join(', ')}.`;
  const { shape } = entity.schema as ZodType & { readonly shape: Readonly<Record<string, ZodType>> };
  const read = shape[field]!.safeParse(value);
  if (!read.success) return `The value for ${field} does not fit: ${read.error.issues[0]!.message}.`;
  return storable(value) ? null : `The value for ${field} holds a NUL character or broken Unicode.`;
}

/** What was typed may be anything; only so much of it is said back as can be a name. */
const quoted = (name: string): string => (/^[A-Za-z]{1,40}$/.test(name) ? name : 'of that name');

function storable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, part]) => storable(key) && storable(part));
}
