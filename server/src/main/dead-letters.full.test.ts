/** Dead letters from end to end, as a person settles them at the terminal: found, put right, shown, let be; bad input changes nothing. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '@rollcall/core';
import { CommandLine } from './testing/command-line.js';

interface Letter {
  readonly id: string;
  readonly externalId: string;
  readonly state: string;
  readonly fingerprint: string;
  readonly corrections: readonly { readonly field: string; readonly state: string }[];
}

let rollcall: CommandLine;
let letters: readonly Letter[];
let apiUrl: string;

beforeAll(async () => {
  rollcall = new CommandLine();
  await rollcall.start('up --students 200 --seed 8').says(/Rollcall is up/);
  ({ apiUrl } = JSON.parse(readFileSync(join(rollcall.dataDir, 'instance.json'), 'utf8')) as { apiUrl: string });
  await rollcall.json('sandbox control bad-records {"entity":"users","kind":"missing-name","count":2}');
  for (let run = 0; run < 3; run += 1) await rollcall.json('sync sandbox-200-8');
  letters = await rollcall.json<Letter[]>('dead-letters list');
});
afterAll(() => rollcall.close());

const show = (id: string) => rollcall.json<Letter>(`dead-letters show ${id}`);

describe('dead letters at the terminal', () => {
  it('are listed with their fingerprint, and each says how to settle it', async () => {
    expect(letters).toHaveLength(2);
    expect(new Set(letters.map((letter) => letter.fingerprint)).size).toBe(1);
    const { err, out } = await rollcall.run(`dead-letters show ${letters[0]!.id}`);
    expect(out + err).toMatch(/dead-letters edit .* --set <field>=<value> --reason/);
  });

  it.each([
    ['dead-letters show 1', 'not_found'],
    ['dead-letters replay --all --reason r', 'invalid_input'],
    ['dead-letters replay --reason r', 'invalid_input'],
    ['dead-letters replay --fingerprint 0000000000000000 --integration sandbox-200-8 --reason r', 'not_found'],
    ['dead-letters replay --all --integration nowhere --reason r', 'not_found'],
    ['dead-letters edit LETTER --set surname=Quill --reason r', 'invalid_input'],
    ['dead-letters edit LETTER --set enabledUser=[1] --reason r', 'invalid_input'],
    ['dead-letters revert LETTER --reason r', 'wrong_state'],
    ['dead-letters discard 00000000-0000-7000-8000-000000000000 --reason r', 'not_found'],
  ])('"%s" is refused in one sentence and changes nothing', async (words, code) => {
    const { id } = letters[0]!;
    const refused = await rollcall.run(`${words.replace('LETTER', id)} --json`);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ error: { code, nextStep: expect.any(String) } });
    expect(refused.out + refused.err).not.toContain('Quill');
    expect(await show(id)).toMatchObject({ state: 'open', corrections: [] });
  });

  it('put right, the record passes and shows', async () => {
    const { id, externalId } = letters[0]!;
    const report = await rollcall.json<RunReport>(`dead-letters edit ${id} --set familyName=Quill --reason form`);
    expect(report.run.state).toBe('completed_with_rejects');
    expect(report.rejects.map((reject) => reject.externalId)).toEqual([letters[1]!.externalId]);
    expect(await show(id)).toMatchObject({ state: 'passed', corrections: [{ field: 'familyName', state: 'active' }] });
    const found = await fetch(`${apiUrl}/api/v1/users?externalId=${encodeURIComponent(externalId)}`);
    expect(await found.json()).toMatchObject({ items: [{ familyName: 'Quill' }] });
  });

  it('tried again as it is, it is open still; let be, it is settled', async () => {
    const { id, fingerprint } = letters[1]!;
    await rollcall.json(`dead-letters replay --fingerprint ${fingerprint} --integration sandbox-200-8 --reason r`);
    expect(await show(id)).toMatchObject({ state: 'open' });
    expect(await rollcall.json(`dead-letters discard ${id} --reason gone`)).toMatchObject({ state: 'discarded' });
    expect(await rollcall.json('dead-letters list')).toEqual([]);
    expect((await rollcall.run(`dead-letters replay ${id} --reason r`)).code).toBe(1);
  });
});
