/** For contract checks: whether a value fits the part of JSON Schema that published API documents use, and the least value that does. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type Schemas = Readonly<Record<string, Schema>>;

/** What is wrong, each with its path; nothing when the value fits. */
export function misfits(value: unknown, schema: Schema, named: Schemas, path = '$'): readonly string[] {
  if (schema.$ref) return misfits(value, target(schema, named), named, path);
  if (value === null && schema.nullable) return [];
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const type = typeOf(value);
  if (types.length > 0 && !types.includes(type) && !(type === 'number' && types.includes('integer')))
    return [`${path} is not ${types.join(' or ')}`];
  return [
    ...(schema.enum && !schema.enum.includes(value) ? [`${path} is none of its values`] : []),
    ...('const' in schema && schema.const !== value ? [`${path} is not its one value`] : []),
    ...(typeof value === 'string' ? misfitsOfText(value, schema, path) : []),
    ...(schema.allOf ?? []).flatMap((part) => misfits(value, part, named, path)),
    ...[schema.anyOf, schema.oneOf]
      .filter((forms) => forms?.every((form) => misfits(value, form, named, path).length > 0))
      .map(() => `${path} fits none of its forms`),
    ...(Array.isArray(value) ? misfitsOfList(value, schema, named, path) : []),
    ...(type === 'object' ? misfitsOfObject(value as Record<string, unknown>, schema, named, path) : []),
  ];
}

/** Only what is required is in it, so that a reader meets as little as may come. */
export function least(schema: Schema, named: Schemas): unknown {
  if (schema.$ref) return least(target(schema, named), named);
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const form = schema.allOf?.[0] ?? schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (form) return least(form, named);
  switch ([schema.type].flat()[0]) {
    case 'array':
      return schema.items ? [least(schema.items, named)] : [];
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    case 'string':
      return leastText(schema);
    default:
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, least(schema.properties?.[name] ?? {}, named)]),
      );
  }
}

function leastText({ format, pattern }: Schema): string {
  if (format === 'date-time') return '2026-11-23T00:00:00.000Z';
  if (format === 'email') return 'edda@example.org';
  if (format === 'uri') return 'https://api.example.org/x';
  return pattern?.includes('\\d{4}') ? '2015-03-01' : 'text';
}

const target = ({ $ref = '' }: Schema, named: Schemas): Schema => {
  const name = $ref.split('/').at(-1)!;
  const found = named[name];
  if (!found) throw new Error(`The document has no schema '${name}'.`);
  return found;
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function misfitsOfText(text: string, { minLength = 0, pattern, format }: Schema, path: string): string[] {
  const isTime = /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));
  return [
    ...(text.length < minLength ? [`${path} is too short`] : []),
    ...(pattern && !new RegExp(pattern).test(text) ? [`${path} does not match its pattern`] : []),
    ...(format === 'date-time' && !isTime ? [`${path} is no time`] : []),
    ...(format === 'email' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text) ? [`${path} is no e-mail address`] : []),
    ...(format === 'uri' && !URL.canParse(text) ? [`${path} is no address`] : []),
  ];
}

function misfitsOfList(list: readonly unknown[], schema: Schema, named: Schemas, path: string): string[] {
  const few = list.length < (schema.minItems ?? 0) ? [`${path} has too few`] : [];
  const { items } = schema;
  return [...few, ...(items ? list.flatMap((each, at) => misfits(each, items, named, `${path}[${at}]`)) : [])];
}

function misfitsOfObject(value: Record<string, unknown>, schema: Schema, named: Schemas, path: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !(name in value)).map((name) => `${path}.${name} is missing`);
  const known = Object.entries(value).flatMap(([name, part]) => {
    const own = properties[name];
    if (own) return misfits(part, own, named, `${path}.${name}`);
    if (additionalProperties === false) return [`${path}.${name} is not known`];
    return typeof additionalProperties === 'object'
      ? misfits(part, additionalProperties, named, `${path}.${name}`)
      : [];
  });
  return [...missing, ...known];
}
