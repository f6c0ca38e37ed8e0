/** What SQL decides about matches is what the rules say, whatever the order of records; nobody is joined twice. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { entityNamed, matchSettingsSchema, normalise, type MatchRule, type Spelling } from '@rollcall/core';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Tx } from '../../database.js';
import { testDatabase, type TestDatabase } from '../../testing/test-database.js';
import { sqlScope } from '../scope.js';
import { openFacts } from './facts.js';
import { findPairs } from './pairs.js';
import { spelled } from './spelling.js';
import { judgePairs } from './verdicts.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase('match_verdicts');
});
afterAll(() => database.close());

const within = <T>(work: (tx: Tx) => Promise<T>) => database.worker.withTenant(database.tenantId, work);

test('the database spells as core does', async () => {
  const letters = fc.constantFrom(..."aÄéßÇñøĐłİıŞğΣςЖйﬁǅ’'-. \t\u00a0\u2003\u0301AZ09@+_");
  const text = fc.oneof(fc.string({ unit: letters, maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 12 }));
  const texts = fc.sample(
    text.filter((one) => !one.includes('\0')),
    { numRuns: 2000, seed: 7 },
  );
  await within(async (tx) => {
    for (const spelling of ['name', 'email', 'key'] satisfies Spelling[]) {
      const { rows } = await tx.query<{ spelt: string | null }>(
        `SELECT ${spelled(spelling, 'x.text')} AS spelt FROM unnest($1::text[]) WITH ORDINALITY x(text, n) ORDER BY n`,
        [texts],
      );
      expect(rows.map((row) => row.spelt)).toEqual(texts.map((one) => normalise(spelling, one)));
    }
  });
});

const names = ['userMasterIdentifier', 'identifier', 'email', 'givenName'];
const rules: MatchRule[] = [
  { name: 'strong', fields: ['identifier', 'givenName'], score: 90 },
  { name: 'also strong', fields: ['email', 'givenName'], score: 85 },
  { name: 'weak', fields: ['email'], score: 55 },
  { name: 'nothing', fields: ['givenName'], score: 20 },
];
const settings = matchSettingsSchema.parse({});

interface One {
  readonly id: string;
  readonly facts: readonly (string | null)[];
  readonly proven: boolean;
  readonly kind: string;
}

const one: fc.Arbitrary<One> = fc.record({
  id: fc.noShrink(fc.constant(null).map(() => randomUUID())),
  facts: fc.tuple(...names.map(() => fc.constantFrom(null, 'a', 'b', 'c'))),
  proven: fc.boolean(),
  kind: fc.constantFrom('gone', 'elsewhere', 'gone before'),
});
const some = fc.array(one, { maxLength: 6 });

type Verdict = [create: string, local: string, sure: boolean];

/** The rules in plain words. */
function expected(news: readonly One[], olds: readonly One[]): Verdict[] {
  const pairs = news
    .flatMap((n) => olds.map((o) => ({ n, o, ...compared(n, o) })))
    .filter((p) => p.score >= settings.askFrom);
  const alone = (all: typeof pairs) =>
    all.filter((p) => all.filter(({ n }) => n === p.n).length === 1 && all.filter(({ o }) => o === p.o).length === 1);
  const sure = alone(pairs.filter((p) => p.score >= settings.strongFrom && p.o.proven));
  const open = pairs.filter((p) => !sure.some(({ n, o }) => n === p.n || o === p.o));
  const unsure = alone(open).filter(({ o }) => o.kind === 'gone');
  return [...sure.map((p): Verdict => [p.n.id, p.o.id, true]), ...unsure.map((p): Verdict => [p.n.id, p.o.id, false])];
}

function compared(n: One, o: One): { score: number } {
  const agrees = (field: string) => {
    const at = names.indexOf(field);
    return n.facts[at] !== null && n.facts[at] === o.facts[at];
  };
  const best = Math.max(0, ...rules.filter((rule) => rule.fields.every(agrees)).map(({ score }) => score));
  const differs = [0, 1].some((at) => n.facts[at] !== null && o.facts[at] !== null && n.facts[at] !== o.facts[at]);
  return { score: differs ? Math.min(best, settings.strongFrom - 1) : best };
}

async function decided(tx: Tx, news: readonly One[], olds: readonly One[]): Promise<Verdict[]> {
  const scope = sqlScope(
    { tenantId: database.tenantId, integrationId: randomUUID(), runId: randomUUID() },
    entityNamed('users'),
  );
  await openFacts(tx);
  for (const { id, facts } of news)
    await tx.query('INSERT INTO match_new (create_id, facts) VALUES ($1, $2)', [id, facts]);
  for (const { id, facts, proven, kind } of olds)
    await tx.query('INSERT INTO match_old (local_id, facts, proven, kind) VALUES ($1, $2, $3, $4)', [
      id,
      facts,
      proven,
      kind,
    ]);
  await findPairs(tx, scope, { rules, names, settings });
  await judgePairs(tx);
  const { rows } = await tx.query<{ create: string; local: string; sure: boolean }>(
    'SELECT create_id AS create, local_id AS local, sure FROM match_verdicts',
  );
  return rows.map((row): Verdict => [row.create, row.local, row.sure]);
}

test('a match is believed only where it is the one strong one from both sides, in whatever order records come', async () => {
  await within((tx) =>
    fc.assert(
      fc.asyncProperty(some, some, async (news, olds) => {
        const found = await decided(tx, news, olds);
        expect(found.toSorted()).toEqual(expected(news, olds).toSorted());
        expect((await decided(tx, news.toReversed(), olds.toReversed())).toSorted()).toEqual(found.toSorted());
        for (const side of [0, 1] as const)
          expect(new Set(found.map((verdict) => verdict[side])).size).toBe(found.length);
      }),
      { numRuns: 40 },
    ),
  );
});

test('a value that many share tells nobody apart', async () => {
  const facts = [null, null, 'family@mail.example.com', 'ann'];
  const many = (count: number): One[] =>
    Array.from({ length: count }, () => ({ id: randomUUID(), facts, proven: true, kind: 'gone' }));
  await within(async (tx) => {
    expect(await decided(tx, many(1), many(9))).toEqual([]);
    expect(await decided(tx, many(1), many(1))).toHaveLength(1);
  });
});

test('no two records of ours have one external id of an integration and entity', async () => {
  const of = [database.tenantId, randomUUID()];
  const insert = `INSERT INTO external_system_mappings (tenant_id, integration_id, entity, external_id, local_id, projection_version)
    VALUES ($1, $2, 'users', 'x', $3, 1)`;
  await within((tx) => tx.query(insert, [...of, randomUUID()]));
  await expect(within((tx) => tx.query(insert, [...of, randomUUID()]))).rejects.toThrow(/duplicate key/);
});
