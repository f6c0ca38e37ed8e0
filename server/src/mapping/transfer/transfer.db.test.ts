/** Import and export: what goes out comes in the same, every row gets its outcome, and what cannot be read leaves nothing behind. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImportedRow } from '../../store/mappings/import-stage.js';
import { by, mappingUnderTest, type MappingUnderTest } from '../testing/mapping-under-test.js';
import { exportMappings } from './export-mappings.js';
import { guarded, unguarded } from './formula.js';
import { importMappings, type ImportWish } from './import-mappings.js';

let under: MappingUnderTest;
let people: string[];
const head = 'entity,externalId,localId\n';

beforeAll(async () => {
  under = await mappingUnderTest('mapping_transfer');
  people = await under.people(50);
});
afterAll(() => under.close());
beforeEach(() => under.database.sql('TRUNCATE external_system_mappings'));

async function take(content: string | Buffer | Iterable<Buffer>, wish: Partial<ImportWish> = {}) {
  const { tenantId, integrationId } = under.users;
  const told: ImportedRow[] = [];
  const source = Readable.from(
    typeof content === 'string' || Buffer.isBuffer(content) ? [Buffer.from(content)] : content,
  );
  const all = {
    tenantId,
    integrationId,
    format: 'csv',
    mode: 'skip-bad',
    dryRun: false,
    report: 'refused',
    ...wish,
  } as const;
  const result = await importMappings(under.database.app, all, source, by, (rows) => void told.push(...rows));
  return { result, told };
}

async function out(format: 'csv' | 'jsonl'): Promise<string> {
  const { tenantId, integrationId } = under.users;
  let text = '';
  for await (const block of exportMappings(under.database.app, { tenantId, integrationId, format })) text += block;
  return text;
}

const links = async () =>
  (await under.database.sql<{ n: number }>('SELECT count(*)::integer AS n FROM external_system_mappings'))[0]!.n;
const rows = (...ids: string[]) => ids.map((id, at) => `users,${id},${people[at]}`).join('\n');

describe('an import', () => {
  test('gives every row its outcome, and skips what is bad', async () => {
    await under.service.link(under.users, 'known', people[0]!, by);
    await under.service.link(under.users, 'parted', people[1]!, by);
    await under.service.unlink(under.users, 'parted', by);
    const nobody = '00000000-0000-7000-8000-000000000000';
    const lines = [
      `users,known,${people[0]}`,
      `users,known,${people[2]}`,
      `users,new,${people[3]}`,
      `users,new,${people[4]}`,
      `users,lost,${nobody}`,
      `users,twice,${people[3]}`,
      `users,second,${people[0]}`,
      `users,parted,${people[1]}`,
      `planets,x,${people[5]}`,
      'users,,',
      'users,short',
      `users,fine,${people[6]},extra`,
    ];
    const { result, told } = await take(head + lines.join('\n'), { report: 'all' });
    expect(told).toEqual(
      [
        ...['unchanged', 'linked_elsewhere', 'created', 'repeated', 'unknown_record', 'linked_twice', 'linked_twice'],
        ...['unlinked', 'unknown_entity', 'bad_external_id', 'bad_local_id', 'created'],
      ].map((outcome, at) => ({ row: at + 1, outcome })),
    );
    expect(result).toMatchObject({ rows: 12, created: 2, unchanged: 1, refused: 9, committed: true });
    expect((await take(head + lines.join('\n'))).told.map(({ row }) => row)).toEqual([2, 4, 5, 6, 7, 8, 9, 10, 11]);
    const audit = await under.database.sql(`SELECT actor, details->>'reason' AS reason, details->'created' AS created
      FROM integration_audit_logs WHERE action = 'mapping.imported'`);
    expect(audit).toEqual([{ actor: by.actor, reason: by.reason, created: 2 }]);
  });

  test('of all or nothing leaves nothing when one row is bad, and says which', async () => {
    const { result, told } = await take(`${head}${rows('a', 'b')}\nusers,c,no-uuid`, { mode: 'all-or-nothing' });
    expect(result).toMatchObject({ rows: 3, refused: 1, committed: false, created: 0 });
    expect(told).toEqual([{ row: 3, outcome: 'bad_local_id' }]);
    expect(await links()).toBe(0);
  });

  test('that is a dry run says what it would do and does nothing', async () => {
    expect((await take(head + rows('a', 'b'), { dryRun: true })).result).toMatchObject({
      created: 2,
      committed: false,
    });
    expect(await links()).toBe(0);
  });

  test('keeps what a spreadsheet would calculate as text', async () => {
    await take(`${head}users,"=HYPERLINK(""http://x"")",${people[0]}\nusers,'+1,${people[1]}`);
    expect(await under.service.toLocal(under.users, '=HYPERLINK("http://x")')).toBe(people[0]);
    expect(await under.service.toLocal(under.users, '+1')).toBe(people[1]);
    expect(await out('csv')).toContain(`users,"'=HYPERLINK(""http://x"")",`);
  });

  test('is refused while a run is under way, before anything is read', async () => {
    await under.database.sql(`UPDATE runs SET state = 'fetching'`);
    await expect(take(head + rows('a'))).rejects.toMatchObject({ code: 'busy' });
    await under.database.sql(`UPDATE runs SET state = 'completed'`);
  });

  const endless = function* (block: Buffer, count: number) {
    for (let at = 0; at < count; at += 1) yield block;
  };
  test.each<[string, string, () => string | Buffer | Iterable<Buffer>, Partial<ImportWish>]>([
    ['no header', 'must name the columns', () => rows('a'), {}],
    ['nothing in it', 'no rows', () => '', {}],
    ['a quotation mark astray', 'line 3', () => `${head}${rows('a')}\nusers,"b"x,${people[1]}`, {}],
    ['a quotation mark that is never closed', 'quotation mark', () => `${head}${rows('a')}\nusers,"b,${people[1]}`, {}],
    ['a row without end', 'longer than 64 KiB', () => endless(Buffer.from(head + 'x'.repeat(70_000)), 3), {}],
    [
      'a line of JSON without end',
      'longer than 64 KiB',
      () => endless(Buffer.alloc(40_000, 97), 3),
      { format: 'jsonl' },
    ],
    [
      'another encoding',
      'not UTF-8',
      () => Buffer.from(`${head}${rows('a')}\nusers,J\u00f6rg,${people[1]}\n`, 'latin1'),
      {},
    ],
    ['zero bytes', 'not UTF-8', () => `${head}users,a\0b,${people[1]}\n`, {}],
    ['UTF-16', 'not UTF-8', () => Buffer.from(`\ufeff${head}`, 'utf16le'), {}],
    ['a packed file', 'is packed', () => gzipSync(Buffer.alloc(10_000_000)), {}],
    [
      'more bytes than are borne',
      'more than 1 MiB',
      () => endless(Buffer.from(`${head}${rows('a')}\n`.repeat(1_000)), 100),
      { mostBytes: 2 ** 20 },
    ],
  ])('with %s is refused in one sentence, and nothing is done', async (_, sentence, content, wish) => {
    const refused = take(content(), wish);
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_input',
      publicText: expect.stringContaining(sentence),
    });
    expect(await links()).toBe(0);
  });
});

describe('an export', () => {
  test.each(['csv', 'jsonl'] as const)(
    'as %s can be imported again and gives the same, with any ids',
    async (format) => {
      const id = fc.oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0')),
        fc.constantFrom('=1+1', "'=1", "''", '@x', 'a,b', 'a"b', 'a\nb', ' x ', '-', '\tx', '\r'),
      );
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(id, { minLength: 1, maxLength: 20 }), async (ids) => {
          await under.database.sql('TRUNCATE external_system_mappings');
          await under.service.linkMany(
            under.users,
            ids.map((externalId, at) => ({ externalId, localId: people[at]! })),
            by,
          );
          const before = await out(format);
          await under.database.sql('TRUNCATE external_system_mappings');
          expect((await take(before, { format, mode: 'all-or-nothing' })).result).toMatchObject({
            created: ids.length,
          });
          expect(await out(format)).toBe(before);
        }),
        { numRuns: 10 },
      );
    },
  );

  test('keeps apart what people have parted', async () => {
    await under.service.link(under.users, 'parted', people[1]!, by);
    await under.service.unlink(under.users, 'parted', by);
    const before = await out('jsonl');
    await under.database.sql('TRUNCATE external_system_mappings');
    await take(before, { format: 'jsonl' });
    expect(await under.database.sql('SELECT state FROM external_system_mappings')).toEqual([{ state: 'unlinked' }]);
  });
});

test('guarding a cell and taking the guard off is the identity', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', 'a') }), (text) => {
      expect(unguarded(guarded(text))).toBe(text);
      expect(guarded(text)).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});
