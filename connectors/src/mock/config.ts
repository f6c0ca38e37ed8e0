/** The settings of the mock provider: how large a district it invents, how slow it is, and in which ways it fails. */
import { entityNames, type EntityName } from '@rollcall/core';
import { z } from 'zod';

const entityName = z.enum(entityNames as [EntityName, ...EntityName[]]);
const rows = z.int().min(0).max(1000).default(0);

export const mockConfigSchema = z
  .object({
    students: z.int().min(0).max(100_000).default(100).meta({ title: 'Students' }),
    idPrefix: z.string().min(1).max(100).default('mock-').meta({ title: 'What every id begins with' }),
    metadata: z.record(z.string(), z.unknown()).nullable().default(null).meta({ title: 'Metadata of every record' }),
    delayMs: z.int().min(0).max(60_000).default(0).meta({ title: 'Delay of every call, ms' }),
    failCalls: z.array(z.int().min(1)).default([]).meta({ title: 'Numbers of the calls that fail, from 1' }),
    failWith: z
      .enum(['source_unreachable', 'source_unauthorised', 'source_rate_limited', 'source_bad_response'])
      .default('source_unreachable')
      .meta({ title: 'How they fail' }),
    empty: z.array(entityName).default([]).meta({ title: 'Collections that are empty' }),
    duplicates: rows.meta({ title: 'Rows given twice in each collection' }),
    badRows: rows.meta({ title: 'Rows that are rejected in each collection' }),
    totalDelta: z.int().default(0).meta({ title: 'How far announced totals are off' }),
    pageSize: z.int().min(1).max(10_000).default(1000).meta({ title: 'Rows per page, at most' }),
  })
  .meta({ title: 'Mock' });

export type MockConfig = z.infer<typeof mockConfigSchema>;
export type MockSettings = z.input<typeof mockConfigSchema>;

type Environment = Readonly<Record<string, string | undefined>>;
type Reading = (text: string) => unknown;

const numbers: Reading = (text) => text.split(',').map(Number);
const words: Reading = (text) => text.split(',').map((word) => word.trim());

const readings: Readonly<Record<keyof MockConfig, readonly [variable: string, read: Reading]>> = {
  students: ['ROLLCALL_MOCK_STUDENTS', Number],
  idPrefix: ['ROLLCALL_MOCK_ID_PREFIX', String],
  metadata: ['ROLLCALL_MOCK_METADATA', (text) => JSON.parse(text) as unknown],
  delayMs: ['ROLLCALL_MOCK_DELAY_MS', Number],
  failCalls: ['ROLLCALL_MOCK_FAIL_CALLS', numbers],
  failWith: ['ROLLCALL_MOCK_FAIL_WITH', String],
  empty: ['ROLLCALL_MOCK_EMPTY', words],
  duplicates: ['ROLLCALL_MOCK_DUPLICATES', Number],
  badRows: ['ROLLCALL_MOCK_BAD_ROWS', Number],
  totalDelta: ['ROLLCALL_MOCK_TOTAL_DELTA', Number],
  pageSize: ['ROLLCALL_MOCK_PAGE_SIZE', Number],
};

/** Settings from `ROLLCALL_MOCK_*`, over `settings`. Throws a ZodError or a SyntaxError where a value cannot be used. */
export function mockConfigFromEnvironment(environment: Environment, settings: MockSettings = {}): MockConfig {
  const given: Record<string, unknown> = { ...settings };
  for (const [name, [variable, read]] of Object.entries(readings)) {
    const text = environment[variable];
    if (text !== undefined && text !== '') given[name] = read(text);
  }
  return mockConfigSchema.parse(given);
}
