/**
 * The strict profile in the shapes of 1EdTech's published OpenAPI document, which forbids what it does not name. The document is not
 * ours to ship: where it is absent, the one test here says so by its name.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collections } from '../collections/catalogue.js';
import { presets } from '../presets.js';
import { rowsOf, TestSandbox } from '../testing/client.js';
import { type Schema, violations } from '../testing/schema.js';

const name = 'onerosterv1p2rostersservice_openapi3_v1p0.json';
const beside = fileURLToPath(new URL(`../../../../shared/data/oneroster-openapi/${name}`, import.meta.url));
const file = process.env.ROLLCALL_ONEROSTER_OPENAPI ?? beside;

interface OpenApi {
  paths: Record<string, { get: { responses: Record<string, { content: Record<string, { schema: Schema }> }> } }>;
  components: { schemas: Record<string, Schema> };
}

if (!existsSync(file)) {
  test(`not run: ${name} is absent, so the published shapes were not checked`, () => {
    expect(existsSync(file)).toBe(false);
  });
} else {
  describe('the published OneRoster 1.2 document', () => {
    const api = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
    const wrong = (value: unknown, path: string, status = '200') =>
      violations(
        value,
        api.paths[path]!.get.responses[status]!.content['application/json']!.schema,
        api.components.schemas,
      );
    let sandbox: TestSandbox;
    beforeAll(async () => {
      sandbox = await TestSandbox.start({ students: 400, preset: presets['oneroster-1.2'] });
    });
    afterAll(() => sandbox.close());

    test.each(collections.map(({ name: collection, entity }) => [collection, entity]))(
      'describes every row of %s, and a single one',
      async (collection, entity) => {
        const list = await sandbox.get(collection!, { limit: 100_000 });
        expect(wrong(list.body, `/${collection}`).slice(0, 5)).toEqual([]);
        const one = await sandbox.get(`${collection}/${rowsOf(list, entity!)[0]!.sourcedId}`);
        expect(wrong(one.body, `/${collection}/{sourcedId}`)).toEqual([]);
      },
    );

    test('describes the bodies of errors, and would catch a field that it does not name', async () => {
      const { body, status } = await sandbox.get('users/nobody');
      expect([status, wrong(body, '/users/{sourcedId}', '404')]).toEqual([404, []]);
      const list = await sandbox.get('orgs');
      Object.assign(rowsOf(list, 'orgs')[0]!, { extra: 1 });
      expect(wrong(list.body, '/orgs')).toEqual(['orgs.0.extra is not known']);
    });
  });
}
