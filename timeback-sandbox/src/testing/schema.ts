/** For tests: checks a value against the part of JSON Schema that the published API document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  nullable?: boolean;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  required?: string[];
  /** false: what is not named may not be there */
  additionalProperties?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

const FORMATS: Record<string, (text: string) => boolean> = {
  'date-time': (text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)),
  email: (text) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text),
  uri: (text) => URL.canParse(text),
};

/** What is wrong, each with its path; nothing when the value fits. */
export function violations(value: unknown, schema: Schema, named: Record<string, Schema>, path = ''): string[] {
  if (schema.$ref) return violations(value, named[schema.$ref.split('/').at(-1)!]!, named, path);
  if (value === null && schema.nullable) return [];
  const wrong: string[] = [];
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.includes(typeOf(value))) wrong.push(`${path} is not ${types.join(' or ')}`);
  // the document puts the list of a member's values on some arrays' items and on nullable fields alike
  if (schema.enum && !schema.enum.includes(value)) wrong.push(`${path} is not one of its values`);
  if (typeof value === 'string') wrong.push(...ofText(value, schema, path));
  for (const part of schema.allOf ?? []) wrong.push(...violations(value, part, named, path));
  for (const choice of [schema.anyOf, schema.oneOf]) {
    if (choice && !choice.some((part) => violations(value, part, named, path).length === 0)) {
      wrong.push(`${path} fits none of its forms`);
    }
  }
  if (Array.isArray(value) && schema.items) {
    value.forEach((member, n) => wrong.push(...violations(member, schema.items!, named, join(path, n))));
  }
  if (typeOf(value) === 'object') wrong.push(...ofObject(value as Record<string, unknown>, schema, named, path));
  return wrong;
}

const join = (path: string, name: string | number) => (path === '' ? String(name) : `${path}.${name}`);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function ofText(text: string, schema: Schema, path: string): string[] {
  const wrong: string[] = [];
  if (schema.pattern && !new RegExp(schema.pattern).test(text)) wrong.push(`${path} does not match its pattern`);
  if (FORMATS[schema.format ?? '']?.(text) === false) wrong.push(`${path} is no ${schema.format}`);
  return wrong;
}

function ofObject(value: Record<string, unknown>, schema: Schema, named: Record<string, Schema>, path: string) {
  const missing = (schema.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${join(path, name)} is missing`);
  const wrong = Object.entries(schema.properties ?? {}).flatMap(([name, part]) =>
    name in value ? violations(value[name], part, named, join(path, name)) : [],
  );
  const known = schema.additionalProperties === false ? Object.keys(schema.properties ?? {}) : undefined;
  const unknown = Object.keys(value).filter((name) => known && !known.includes(name));
  return [...missing, ...wrong, ...unknown.map((name) => `${join(path, name)} is not known`)];
}
