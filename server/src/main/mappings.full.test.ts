/** Mappings from end to end, as a person looks them up and changes them at the terminal, and as another process sees them at once. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CommandLine } from './testing/command-line.js';

interface Shown {
  readonly externalId: string;
  readonly localId: string;
  readonly state: string;
}

let rollcall: CommandLine;
let api: string;
const of = '--integration sandbox-40-3';
const file = (name: string) => join(rollcall.dataDir, name);

beforeAll(async () => {
  rollcall = new CommandLine();
  const said = await rollcall.start('up --students 40 --seed 3').says(/Rollcall is up/);
  api = /http:\/\/127\.0\.0\.1:\d+\/api/.exec(said)![0];
});
afterAll(() => rollcall.close());

const atApi = async ({ externalId }: Shown) => {
  const query = `entity=users&externalId=${encodeURIComponent(externalId)}`;
  return (await (await fetch(`${api}/v1/integrations/sandbox-40-3/mappings/one?${query}`)).json()) as Shown;
};

it('are listed, looked up both ways, parted and joined, and the API sees each change at once', async () => {
  const [first] = (await rollcall.json<Shown[]>(`mappings list ${of} --limit 1`)) as [Shown];
  expect(await rollcall.json(`mappings lookup ${first.externalId} ${of}`)).toMatchObject(first);
  expect(await rollcall.json(`mappings lookup ${first.localId} --local`)).toMatchObject([first]);
  expect(await atApi(first)).toMatchObject({ state: 'active' });
  await rollcall.json(`mappings unlink ${first.externalId} ${of} --reason twins`);
  expect(await atApi(first)).toMatchObject({ state: 'unlinked', version: 2 });
  const refused = await rollcall.run(`mappings set ${first.externalId} ${first.localId} ${of} --reason same`);
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/a person has unlinked it/) });
  await rollcall.json(`mappings set ${first.externalId} ${first.localId} ${of} --move --reason same`);
  expect(await atApi(first)).toMatchObject({ state: 'active', version: 3 });
});

it('are merged and parted again, exported and imported, and hold together', async () => {
  const [one, two] = (await rollcall.json<Shown[]>(`mappings list ${of} --limit 2`)) as [Shown, Shown];
  const { mergeId } = await rollcall.json<{ mergeId: string }>(
    `mappings merge ${one.localId} ${two.localId} --reason twins`,
  );
  expect(await atApi(two)).toMatchObject({ localId: one.localId, state: 'merged' });
  await rollcall.json(`mappings unmerge ${mergeId} --reason not`);
  expect(await rollcall.json('mappings check')).toMatchObject({ faults: 0 });
  await rollcall.json(`mappings export ${of} --out ${file('out.csv')}`);
  const lines = readFileSync(file('out.csv'), 'utf8').trimEnd().split('\r\n').length - 1;
  const again = await rollcall.json(`mappings import ${file('out.csv')} ${of} --reason again`);
  expect(again).toMatchObject({ rows: lines, created: 0, unchanged: lines, committed: true });
});

it('say who says what, and ranks say whose word counts', async () => {
  const [first] = (await rollcall.json<Shown[]>(`mappings list ${of} --limit 1`)) as [Shown];
  const said = await rollcall.json(`mappings sources users ${first.localId}`);
  expect(said).toMatchObject({ sources: [{ externalId: first.externalId, rank: 1 }], fields: [] });
  expect(await rollcall.json('mappings differing sandbox-40-3')).toEqual([]);
  const ranked = await rollcall.json('integration rank sandbox-40-3 4 --reason later');
  expect(ranked).toMatchObject({ before: 1, rank: 4, records: 0, integration: { rank: 4 } });
  expect((await rollcall.run('integration list')).err).toMatch(/sandbox-40-3 +4 +timeback/);
});

it('of a bad file are refused with its rows, and of a file of 2 GB at once', async () => {
  writeFileSync(file('bad.jsonl'), '{"entity":"users","externalId":"x","localId":"y"}\nno json\n');
  const words = `mappings import ${file('bad.jsonl')} ${of} --reason r --report ${file('report.csv')}`;
  expect(await rollcall.run(words)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/2 rows: 0 imported: nothing was/),
  });
  expect(readFileSync(file('report.csv'), 'utf8')).toBe('row,outcome\n1,bad_local_id\n2,unreadable_row\n');
  writeFileSync(file('huge.csv'), 'entity,externalId,localId\n');
  truncateSync(file('huge.csv'), 2 ** 31);
  const huge = await rollcall.run(`mappings import ${file('huge.csv')} ${of} --reason r`);
  expect(huge).toMatchObject({ code: 1, err: expect.stringMatching(/more than 1024 MiB: split it/) });
});

it.each([
  ['mappings lookup nobody', /Name the integration/],
  [`mappings lookup nobody ${of}`, /^There is no such mapping\./],
  ['mappings merge a b --reason r', /are UUIDs/],
  ['mappings check --repair', /needs a --reason/],
  ['mappings import nowhere.csv --integration sandbox-40-3 --reason r', /^There is no file nowhere\.csv\./],
])('"%s" is said in a sentence', async (words, sentence) => {
  expect(await rollcall.run(words)).toMatchObject({ code: 1, err: expect.stringMatching(sentence) });
});
