/** Rows are named by their local ids, once each, in words or in a file; whatever else is named is refused before anything starts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addDecisionOptions, digestText, selectionOf, type DecisionOptions } from './decision-options.js';

const one = '00000000-0000-7000-8000-0000000000a1';
const two = '00000000-0000-7000-8000-0000000000a2';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (text: string): string => {
  const path = join(folder, 'rows');
  writeFileSync(path, text);
  return path;
};
function read(...words: string[]): DecisionOptions {
  const command = addDecisionOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(['--reason', 'why', ...words], { from: 'user' }).opts<DecisionOptions>();
}

describe('the rows of a decision', () => {
  it('are all when none are named', () => {
    expect(selectionOf(read())).toBeNull();
  });

  it('are taken once each, whatever their case', () => {
    expect(selectionOf(read('--rows', `${one},${two},${one.toUpperCase()}`))).toEqual([one, two]);
  });

  it('are read from a file, whatever ends its lines', () => {
    expect(selectionOf(read('--rows-file', file(`${one}\r\n\n ${two} \n`)))).toEqual([one, two]);
  });

  it.each(['', '\n \n', 'ext-student\n', `${one},${two}`])('are refused from a file of %j', (text) => {
    expect(() => read('--rows-file', file(text))).toThrow(/must hold local ids, one a line/);
  });

  it('are named in one way only', () => {
    expect(() => read('--rows', one, '--rows-file', file(two))).toThrow(/cannot be used with/);
  });
});

it.each(['', '  ', 'x'.repeat(1001)])('a decision without a reason that can be kept is refused', (reason) => {
  expect(() => read('--reason', reason)).toThrow(/must/);
});

it('a digest is whole, in any case', () => {
  expect(digestText('AB'.repeat(32))).toBe('ab'.repeat(32));
  for (const text of ['', 'ab', 'xy'.repeat(32), 'ab'.repeat(33)]) expect(() => digestText(text)).toThrow(/holds show/);
});
