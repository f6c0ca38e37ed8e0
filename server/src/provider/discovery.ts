/**
 * The provider's own description in OpenAPI, which OneRoster wants published: made from the table of operations and the fields
 * that are shown, so that it promises what is served and nothing else.
 */
import { entityNames, type EntityName } from '@rollcall/core';
import { shownEntities } from '../store/provider/shown-entities.js';
import { operations, providerPath, scopeBase, scopes, tokenPath, type Operation } from './operations.js';

/** The names of the binding and of the certification guide. */
export const discoveryNames = [
  'onerosterv1p2rostersservice_openapi3_v1p0.json',
  'imsorv1p2_rostering_openapi3_v1p0.json',
] as const;

/** `origin` is the scheme and host that it was asked for by. */
export function discoveryDocument(origin: string): string {
  const paths = Object.fromEntries(operations.map((operation) => [operation.path, { get: described(operation) }]));
  const granted = Object.fromEntries(scopes.map((scope) => [scopeBase + scope, `OneRoster 1.2 ${scope}`]));
  const clientCredentials = { tokenUrl: origin + tokenPath, scopes: granted };
  return JSON.stringify({
    openapi: '3.0.1',
    info: { title: 'OneRoster 1.2 rostering, provided by Rollcall', version: '1.2' },
    servers: [{ url: origin + providerPath }],
    paths,
    components: {
      securitySchemes: { OAuth2CC: { type: 'oauth2', flows: { clientCredentials } } },
      schemas: { ...schemas(), imsx_StatusInfo: statusSchema },
    },
  });
}

function described(operation: Operation): object {
  const { id, path, kind, envelope, scopes: allowed } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter(name!, 'path', { type: 'string' }, true));
  const record = { $ref: `#/components/schemas/${operation.entity ?? 'demographics'}` };
  const value = kind === 'single' ? record : { type: 'array', items: record };
  const body = { type: 'object', properties: { [envelope]: value } };
  const total = { 'X-Total-Count': { schema: { type: 'integer' } }, Link: { schema: { type: 'string' } } };
  return {
    operationId: id,
    parameters: [...inPath, ...(kind === 'single' ? [fieldsParameter] : collectionParameters)],
    security: [{ OAuth2CC: allowed.map((scope) => scopeBase + scope) }],
    responses: {
      200: {
        description: 'Success',
        ...(kind === 'single' ? {} : { headers: total }),
        content: { 'application/json': { schema: body } },
      },
      default: {
        description: 'Failure',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/imsx_StatusInfo' } } },
      },
    },
  };
}

const parameter = (name: string, where: 'path' | 'query', schema: object, required = false): object => ({
  name,
  in: where,
  required,
  schema,
});

const fieldsParameter = {
  ...parameter('fields', 'query', { type: 'array', items: { type: 'string' } }),
  style: 'form',
  explode: false,
};

const collectionParameters = [
  parameter('limit', 'query', { type: 'integer', format: 'int32', minimum: 1, default: 100 }),
  parameter('offset', 'query', { type: 'integer', format: 'int32', minimum: 0, default: 0 }),
  parameter('sort', 'query', { type: 'string' }),
  parameter('orderBy', 'query', { type: 'string', enum: ['asc', 'desc'] }),
  parameter('filter', 'query', { type: 'string' }),
  fieldsParameter,
];

/** Each entity with the fields that it may have; which are required is told too. */
function schemas(): Record<string, object> {
  const of = (entity: EntityName) => {
    const { fields } = shownEntities[entity];
    const properties = Object.fromEntries(fields.map(({ name }) => [name, {}]));
    return { type: 'object', properties, required: fields.filter((field) => field.required).map(({ name }) => name) };
  };
  return { ...Object.fromEntries(entityNames.map((entity) => [entity, of(entity)])), demographics: { type: 'object' } };
}

const statusSchema = {
  type: 'object',
  properties: {
    imsx_codeMajor: { type: 'string' },
    imsx_severity: { type: 'string' },
    imsx_description: { type: 'string' },
    imsx_CodeMinor: { type: 'object' },
  },
  required: ['imsx_codeMajor', 'imsx_severity'],
};
