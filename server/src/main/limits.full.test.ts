/** Limits from end to end, as a person sets them at the terminal, is told which one decided, and is refused what makes no sense. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@rollcall/core';
import { CommandLine } from './testing/command-line.js';

interface Judged {
  readonly entity: string;
  readonly verdict: string;
  readonly ruleId: string | null;
  readonly from: string;
}

let rollcall: CommandLine;
beforeAll(async () => {
  rollcall = new CommandLine();
  await rollcall.start('up --students 200 --seed 9').says(/Rollcall is up/);
});
afterAll(() => rollcall.close());

const explain = async () => (await rollcall.json<{ judgements: Judged[] }>('limits explain last')).judgements;
const list = (flags = '') => rollcall.json<{ id: string }[]>(`limits list${flags}`);

describe('limits at the terminal', () => {
  it('hold what is unusual by default, and say so', async () => {
    await rollcall.json('sandbox control lose-school');
    await rollcall.json<RunReport>('sync sandbox-200-9');
    const held = (await explain()).filter(({ verdict }) => verdict === 'held');
    expect(held.find(({ entity }) => entity === 'users')).toMatchObject({
      ruleId: null,
      from: 'the default for users',
    });
    const { err } = await rollcall.run('limits explain last --verdict held');
    expect(err).toMatch(/^entity +operation +scope +rows +active +share +7 days +verdict +why +limit from$/m);
    expect(err).toMatch(
      /^users +deactivate .* held +all \d+ rows of the scope would be deactivated +the default for users$/m,
    );
  });

  it('are set, listed, decide, and are removed', async () => {
    const set = await rollcall.json<{ id: string }>(
      'limits set --entity classes --operation update --share 0.1% --rows 1 --reason strict',
    );
    expect(await list()).toMatchObject([{ id: set.id, entity: 'classes', share: 0.001, rows: 1, reason: 'strict' }]);
    await rollcall.json('sandbox control edit {"share":0.1,"entity":"classes"}');
    await rollcall.json('sync sandbox-200-9');
    const judged = (await explain()).find(({ entity, ruleId }) => entity === 'classes' && ruleId !== null);
    expect(judged).toMatchObject({ verdict: 'held', ruleId: set.id, from: expect.stringContaining('strict') });
    await rollcall.json(`limits remove ${set.id} --reason enough`);
    expect(await list()).toEqual([]);
    expect(await list(' --all')).toMatchObject([{ id: set.id }]);
  });

  it('have a calendar that the roster can fill', async () => {
    const suggested = await rollcall.json<object[]>('limits calendar suggest');
    expect(suggested.length).toBeGreaterThan(1);
    const added = await rollcall.json<{ id: string }[]>('limits calendar suggest --add --zone America/Chicago');
    expect(added).toHaveLength(suggested.length);
    expect(await rollcall.json('limits calendar suggest')).toEqual([]);
    const days = '--from 2027-03-22 --to 2027-03-26';
    const own = await rollcall.json<{ id: string }>(`limits calendar add Spring --kind break ${days} --reason agreed`);
    expect(await rollcall.json('limits calendar list')).toHaveLength(suggested.length + 1);
    await rollcall.json(`limits calendar remove ${own.id} --reason wrong`);
    expect(await rollcall.json('limits calendar list')).toHaveLength(suggested.length);
  });

  it.each([
    ['limits remove nothing --reason r', /^There is no such limit\./],
    ['limits remove 00000000-0000-7000-8000-000000000000 --reason r', /^There is no such limit\./],
    ['limits set --share 5% --rows 5 --reason r --school nowhere', /^There is no school named nowhere\./],
    ['limits set --share 5% --rows 5 --reason r --integration nowhere', /^There is no integration named nowhere\./],
    ['limits explain nothing', /^There is no such run\./],
    ['limits calendar remove nothing --reason r', /^There is no such entry in the calendar\./],
    ['limits calendar add x --kind break --from 2027-03-22 --to 2027-03-21 --reason r', /must not lie before/],
    [
      'limits calendar add x --kind break --from 2027-03-22 --to 2027-03-26 --zone Mars --reason r',
      /no time zone Mars/,
    ],
  ])('"%s" is said in a sentence and changes nothing', async (words, sentence) => {
    const before = [await list(' --all'), await rollcall.json('limits calendar list')];
    expect(await rollcall.run(words)).toMatchObject({ code: 1, err: expect.stringMatching(sentence) });
    expect([await list(' --all'), await rollcall.json('limits calendar list')]).toEqual(before);
  });
});
