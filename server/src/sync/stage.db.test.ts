/** What is staged is what was read, whatever characters it has; a page and its rows are there together or not at all. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entityNamed, type Course } from '@rollcall/core';
import { ChecksumSet } from '../store/checksum-set.js';
import { encodePage } from '../store/stage-lines.js';
import { closeStage, openStage, stageTable, writeStage } from '../store/stage.js';
import { District } from './testing/district.js';

const courses = entityNamed('courses');
const runId = '01900000-0000-7000-8000-00000000abcd';
const aCourse: Course = {
  sourcedId: 'c',
  status: 'active',
  dateLastModified: null,
  title: 'Botany',
  courseCode: null,
  grades: [],
  subjects: [],
  subjectCodes: [],
  org: null,
  schoolYear: null,
  metadata: null,
};
let district: District;
beforeAll(async () => {
  district = await District.open('store_stage', 60);
});
afterAll(() => district.close());

describe('the stage', () => {
  it('gives back every text that PostgreSQL can store, unchanged', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => s.isWellFormed() && !s.includes('\0'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, fc.array(text), fc.dictionary(text, text)), { minLength: 1, maxLength: 20 }),
        async (rows) => {
          const records: Course[] = rows.map(([title, grades, metadata], i) => ({
            ...aCourse,
            sourcedId: `${i}:${title}`,
            title,
            grades,
            metadata,
          }));
          const page = encodePage(
            courses,
            { offset: 0, records, rejects: [], digests: [], unchanged: [] },
            { checksums: new ChecksumSet() },
          );
          const { worker, tenantId } = district.database;
          const staged = await worker.withTenant(tenantId, async (tx) => {
            await openStage(tx, runId, courses);
            await writeStage(tx, runId, courses, page.lines);
            const table = stageTable(runId, courses, 'full');
            const found = await tx.query(`SELECT external_id, f_title, f_grades, f_metadata FROM ${table} ORDER BY n`);
            await closeStage(tx, runId);
            return found.rows as Record<string, unknown>[];
          });
          const kept = records.filter((r) => !JSON.stringify(r).includes('\\u0000'));
          expect(staged).toEqual(
            kept.map((r) => ({
              external_id: r.sourcedId,
              f_title: r.title,
              f_grades: r.grades,
              f_metadata: r.metadata,
            })),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no row of a page whose record could not be written', async () => {
    await district.sql('ALTER TABLE sync_pages ADD CONSTRAINT no_second_page CHECK (page_offset <> 50)');
    await expect(district.sync({ pageSize: 50 })).rejects.toMatchObject({ code: '23514' });
    await district.sql('ALTER TABLE sync_pages DROP CONSTRAINT no_second_page');
    const [run] = await district.sql<{ id: string }>('SELECT id FROM runs');
    const recorded = await district.sql<{ entity: string; page_offset: number }>(
      'SELECT entity, page_offset FROM sync_pages',
    );
    for (const name of ['orgs', 'academicSessions', 'courses', 'users'] as const) {
      const staged = await district
        .sql<{ page: number }>(`SELECT DISTINCT page FROM ${stageTable(run!.id, entityNamed(name), 'full')}`)
        .catch(() => []);
      for (const { page } of staged) expect(recorded).toContainEqual({ entity: name, page_offset: page });
    }
    expect((await district.sync({ pageSize: 50 })).run.state).toBe('completed');
  });
});
