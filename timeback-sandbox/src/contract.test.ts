/**
 * Every list, single read and error in the shapes of TimeBack's published OpenAPI document. The document is not ours to ship:
 * where it is absent, the one test here says so by its name.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { collections } from './collections/catalogue.js';
import { fileURLToPath } from 'node:url';
import { presets } from './presets.js';
import { type Schema, violations } from './testing/schema.js';
import { rowsOf, TestSandbox } from './testing/client.js';

const beside = fileURLToPath(new URL('../../../shared/data/timeback-openapi.json', import.meta.url));
const file = process.env.ROLLCALL_TIMEBACK_OPENAPI ?? beside;

interface OpenApi {
  paths: Record<string, { get: { responses: Record<string, { content: Record<string, { schema: Schema }> }> } }>;
  components: { schemas: Record<string, Schema> };
}

if (!existsSync(file)) {
  test('not run: timeback-openapi.json is absent, so the published shapes were not checked', () => {
    expect(existsSync(file)).toBe(false);
  });
} else {
  describe('the published API document', () => {
    const api = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
    const schemaOf = (path: string, status: number) =>
      api.paths[presets.beyond.base + path]!.get.responses[status]!.content['application/json']!.schema;
    const check = (value: unknown, schema: Schema) => violations(value, schema, api.components.schemas);
    let sandbox: TestSandbox;
    beforeAll(async () => {
      sandbox = await TestSandbox.start({ students: 400 });
    });
    afterAll(() => sandbox.close());

    test.each(collections.map(({ name }) => name))('describes every row of the list of %s', async (name) => {
      await sandbox.control('edit', { share: 0.05 });
      for (let offset = 0, total = 1; offset < total; offset += 3000) {
        const { body } = await sandbox.get(`${name}/`, { limit: 3000, offset });
        expect(check(body, schemaOf(`/${name}/`, 200))).toEqual([]);
        total = body.totalCount;
      }
    });

    test.each(collections.map(({ name, listKey }) => [name, listKey]))(
      'describes single reads of %s',
      async (name, listKey) => {
        for (const row of rowsOf(await sandbox.get(`${name}/`, { limit: 20 }), listKey!)) {
          const { body } = await sandbox.get(`${name}/${row.sourcedId}`);
          expect(check(body, schemaOf(`/${name}/{sourcedId}`, 200))).toEqual([]);
        }
      },
    );

    test('describes the bodies of errors', async () => {
      const errors = [
        await sandbox.get('users/', { filter: 'nonsense' }),
        await sandbox.fetch(`${presets.beyond.base}/users/`),
        await sandbox.get('users/nobody'),
      ];
      expect(errors.map(({ status }) => status)).toEqual([400, 401, 404]);
      const schemas = ['BadRequestResponse', 'UnauthorizedRequestResponse', 'NotFoundResponse'];
      errors.forEach(({ body }, n) => expect(check(body, api.components.schemas[schemas[n]!]!)).toEqual([]));
    });

    test('would catch a missing field, a wrong type and a value outside its list', async () => {
      const { body } = await sandbox.get('users/', { limit: 3 });
      Object.assign(body.users[0]!, { email: undefined });
      Object.assign(body.users[1]!, { enabledUser: true });
      Object.assign(body.users[2]!, { status: 'gone' });
      expect(check(JSON.parse(JSON.stringify(body)), schemaOf('/users/', 200))).toEqual([
        'users.0.email is missing',
        'users.1.enabledUser is not string',
        'users.1.enabledUser is not one of its values',
        'users.2.status is not one of its values',
      ]);
    });
  });
}
