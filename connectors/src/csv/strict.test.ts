/**
 * What the standard accepts and refuses, one change to a sound package at a time, and what the tolerant reader makes of the same package:
 * whatever strictness refuses, tolerance explains by the same rule.
 */
import { afterAll, describe, expect, it } from '@jest/globals';
import { checkPackage } from './check-package.js';
import type { RuleCode } from './rules.js';
import { invented, invented11, manifestOf, PackageShelf, rows12, type Files } from './testing/packages.js';

const shelf = new PackageShelf();
afterAll(() => shelf.remove());

const base = invented();
const changed = (file: string, from: string | RegExp, to: string): Files => {
  const text = base[file]!.replace(from, to);
  if (text === base[file]) throw new Error(`nothing of ${file} was changed`);
  return { ...base, [file]: text };
};
const without = (file: string): Files => Object.fromEntries(Object.entries(base).filter(([name]) => name !== file));
const codes = (report: Awaited<ReturnType<typeof checkPackage>>) => report.broken.map(({ code }) => code);

const widened = (text: string, name: string, cell: string): string =>
  text
    .split('\r\n')
    .map((line, n) => (line === '' ? '' : `${line},${n === 0 ? name : cell}`))
    .join('\r\n');

describe('a strict reader accepts', () => {
  it.each<[string, Files]>([
    ['a bulk package of 1.2', base],
    ['a delta package of 1.2', invented('delta')],
    ['a bulk package of 1.1', invented11()],
    ['a package of nothing but a manifest', { manifest: manifestOf({}) }],
    [
      'columns of its own after those of the standard',
      { ...base, orgs: widened(base.orgs!, 'metadata.colour', 'blue') },
    ],
    ['words extended with ext:', changed('orgs', ',district,', ',ext:campus,')],
    ['a delta that leads to what came before', invented('delta', { enrollments: rows12.enrollments! })],
  ])('%s', async (_, files) => {
    const report = await checkPackage({ path: shelf.zip(files), strict: true });
    expect([report.refusal, report.accepted]).toEqual([null, true]);
  });

  it('the same package unpacked in a folder', async () => {
    expect(await checkPackage({ path: shelf.unpacked(base), strict: true })).toMatchObject({ accepted: true });
  });
});

/** What is broken, how, and whether the records are read all the same by a tolerant reader. */
const broken: readonly (readonly [name: string, files: Files, code: RuleCode, tolerated: boolean])[] = [
  ['no manifest', without('manifest'), 'manifest.missing', true],
  ['a misspelt header of the manifest', changed('manifest', 'propertyName', 'PropertyName'), 'manifest.header', true],
  ['an unknown version', changed('manifest', 'version,1.2', 'version,3.0'), 'manifest.property', true],
  ['a file named and not there', without('enrollments'), 'manifest.absent-file', true],
  [
    'a file there and not named',
    changed('manifest', 'enrollments,bulk', 'enrollments,absent'),
    'manifest.undeclared',
    true,
  ],
  ['a file of another kind', { ...base, notes: 'a,b\r\n1,2\r\n' }, 'package.unknown-file', true],
  ['a quote that is not doubled', changed('users', 'Ahlgren', 'Ahl"gren'), 'file.quote', false],
  ['a quote that is not closed', changed('users', 'Ahlgren', '"Ahlgren'), 'file.quote', false],
  ['a column in another case', changed('users', 'givenName', 'GivenName'), 'header.name', true],
  ['columns in another order', changed('enrollments', 'beginDate,endDate', 'endDate,beginDate'), 'header.order', true],
  ['a missing column', changed('users', ',pronouns', ''), 'header.missing', true],
  ['an unknown column', { ...base, orgs: widened(base.orgs!, 'colour', 'blue') }, 'header.unknown', true],
  ['no column for ids', changed('orgs', 'sourcedId', 'id'), 'header.no-key', false],
  ['the same column twice', changed('orgs', 'identifier', 'name'), 'header.twice', false],
  ['a row that is too long', changed('enrollments', 'e1,,,math-a', 'e1,,,math-a,x,y'), 'row.too-long', true],
  ['empty cells behind the last', changed('enrollments', 'true,,', 'true,,,'), 'row.wide', true],
  ['a row that is too short', changed('enrollments', /,true,,\r/, ',true\r'), 'row.too-short', true],
  ['an empty title', changed('classes', 'math-a,,,"Mathematics, a"', 'math-a,,,'), 'cell.missing', true],
  ['an id with a space', changed('classes', 'math-a', 'math a'), 'cell.guid', true],
  ['a date of the United States', changed('enrollments', '2026-08-17', '8/17/2026'), 'cell.date-form', true],
  ['no date', changed('enrollments', '2026-08-17', 'soon'), 'cell.date', true],
  ['a year that is none', changed('academicSessions', ',2027\r', ',20X7\r'), 'cell.year', true],
  ['TRUE', changed('users', ',true,', ',TRUE,'), 'cell.boolean-form', true],
  ['perhaps', changed('users', ',true,', ',perhaps,'), 'cell.boolean', true],
  ['a list with a hole', changed('classes', '"autumn,year"', '"autumn,,year"'), 'cell.list', true],
  ['ids without types', changed('users', '"{SIS:1001},{LDAP:edda}"', '1001'), 'cell.ids', true],
  ['a word in another case', changed('classes', ',scheduled,', ',Scheduled,'), 'cell.word-case', true],
  ['a word of no vocabulary', changed('roles', ',parent,', ',wizard,'), 'cell.word', true],
  ['a line break in a cell', changed('classes', '"Mathematics, a"', '"Mathematics,\na"'), 'cell.line-break', true],
  ['a status in a bulk file', changed('orgs', 'org-fjordby,,', 'org-fjordby,active,'), 'bulk.filled', true],
  ['no status in a delta file', { ...invented('delta'), orgs: base.orgs! }, 'delta.blank', true],
  ['an id twice', changed('users', /hugo,,/, 'edda,,'), 'row.twice', true],
  ['a reference to nothing', changed('enrollments', ',edda,', ',nobody,'), 'reference.missing', true],
  ['a role of nobody', changed('roles', ',hugo,', ',nobody,'), 'row.no-user', true],
  ['subjects without codes', changed('courses', ',MA\r', ',"MA,MB"\r'), 'row.subjects', true],
];

describe('a strict reader refuses, and a tolerant one explains', () => {
  it.each(broken)('%s', async (_, files, code, tolerated) => {
    const path = shelf.zip(files);
    const strict = await checkPackage({ path, strict: true });
    expect([strict.accepted, codes(strict).includes(code)]).toEqual([false, true]);
    const tolerant = await checkPackage({ path });
    expect([tolerant.accepted, codes(tolerant).includes(code)]).toEqual([tolerated, true]);
    for (const finding of tolerant.findings) expect(finding.what && finding.made).toBeTruthy();
  });

  it('says the file, the row and the column, and no value of any cell', async () => {
    const path = shelf.zip(changed('enrollments', '2026-08-17', 'Secret-Canary'));
    const { findings, collections } = await checkPackage({ path });
    const [found] = findings;
    expect(found).toMatchObject({ file: 'enrollments.csv', row: 2, column: 'beginDate', severity: 'error' });
    expect(collections.enrollments).toEqual({ rows: 2, records: 1, mode: 'bulk' });
    expect(JSON.stringify(findings)).not.toContain('Canary');
  });

  it('refuses in files that no roster comes from only when it is strict', async () => {
    const categories = 'sourcedId,status,dateLastModified,title,weight\r\nc1,,,Homework,much\r\n';
    const manifest = base.manifest!.replace('categories,absent', 'categories,bulk');
    const path = shelf.zip({ ...base, manifest, categories });
    expect((await checkPackage({ path, strict: true })).refusal).toMatchObject({
      code: 'cell.number',
      file: 'categories.csv',
    });
    expect(await checkPackage({ path })).toMatchObject({ accepted: true, findings: [] });
  });

  it('keeps to its bounds: thousands of findings are counted, and one of each kind is told', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => ({
      ...rows12.enrollments![0]!,
      sourcedId: `e${n}`,
      primary: 'FALSE',
    }));
    const odd = { ...rows12.enrollments![0]!, sourcedId: 'last', beginDate: 'soon' };
    const report = await checkPackage({
      path: shelf.zip(invented('bulk', { ...rows12, enrollments: [...many, odd] })),
    });
    expect(report.counts).toEqual({ catastrophic: 0, error: 1, warning: 3000 });
    expect(report.findings).toHaveLength(1001);
  });
});
