/** The checked-in description is the one that the code makes, and every route in it says what it needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { allControllers } from './all-controllers.js';
import { createApi } from './create-api.js';
import { openApiDocument } from './openapi.js';
import { Route, type RouteOptions } from './route.js';
import { partsFor } from './testing/api-under-test.js';

const { parts } = partsFor();
let app: NestFastifyApplication;
let made: ReturnType<typeof openApiDocument>;

beforeAll(async () => {
  app = await createApi(parts);
  made = openApiDocument(app);
});
afterAll(async () => {
  await app.close();
  await parts.db.close();
});

interface Operation {
  readonly operationId: string;
  readonly description: string;
  readonly parameters?: readonly { name: string; in: string; schema: Record<string, unknown> }[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, { content: Record<string, { schema: object }> }>;
}
const operations = () =>
  Object.entries(made.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ path, method, ...operation })),
  );

test('openapi.json is what the code describes; after a wanted change run node server/dist/api/testing/write-openapi.js', () => {
  const kept = JSON.parse(readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8')) as unknown;
  expect(JSON.parse(JSON.stringify(made))).toEqual(kept);
});

describe('every operation', () => {
  test('has a name of its own, a permission and an audit policy', () => {
    const names = operations().map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operationId, description } of operations())
      expect([operationId, description]).toEqual([
        operationId,
        expect.stringMatching(/^Permission: [a-z]+\.[a-z]+\. Audit: \w+\.$/),
      ]);
  });

  test('describes its answer, its parameters and its problems, which a compiler without metadata would lose', () => {
    for (const { method, path, requestBody, parameters = [], responses } of operations()) {
      const success = Object.entries(responses).find(([status]) => status.startsWith('2'));
      expect([path, Object.values(success![1].content)[0]!.schema]).toEqual([path, expect.anything()]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '403', '500', '503']));
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((p) => p.in === 'path').map((p) => p.name)).toEqual(inPath);
      if (method === 'post') expect(requestBody).toBeDefined();
    }
  });

  test('that pages is bounded', () => {
    const limits = operations().flatMap(({ parameters = [] }) => parameters.filter((p) => p.name === 'limit'));
    expect(limits.length).toBe(16);
    for (const { schema } of limits) expect(schema).toMatchObject({ minimum: 1, maximum: 1000, default: 100 });
  });
});

describe('start-up', () => {
  class Bare {
    read(): string {
      return 'anything';
    }
  }
  class Half extends Bare {
    override read(): string {
      return 'something';
    }
  }
  Get('bare')(Bare.prototype, 'read', Object.getOwnPropertyDescriptor(Bare.prototype, 'read')!);
  Controller()(Bare);
  const half = { method: 'GET', path: 'half', id: 'half', summary: '', permission: 'runs.read', answer: null };
  Route(half as unknown as RouteOptions)(
    Half.prototype,
    'read',
    Object.getOwnPropertyDescriptor(Half.prototype, 'read')!,
  );
  Controller()(Half);

  test.each([
    ['neither permission nor audit policy', Bare],
    ['a permission but no audit policy', Half],
  ])('is refused by a route that states %s', async (_, planted) => {
    await expect(createApi(parts, [...allControllers, planted])).rejects.toThrow(`${planted.name}.read`);
  });

  test('says in the description that there is no sign-in and that only loopback is served', () => {
    expect(made.info.description).toMatch(/no sign-in.*loopback only/is);
  });
});
