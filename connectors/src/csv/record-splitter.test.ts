/** Our splitter says of any text what a known parser says of it, however the text comes in pieces. */
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { RecordSplitter, type BrokenRecord } from './record-splitter.js';

function split(pieces: readonly string[], most = 1000): string[][] | string {
  const records: string[][] = [];
  try {
    const splitter = new RecordSplitter(most, (cells) => records.push(cells));
    for (const piece of pieces) splitter.push(piece);
    splitter.end();
    return records;
  } catch (error) {
    return (error as BrokenRecord).code;
  }
}

function known(text: string): string[][] | string {
  const how = { record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, skip_empty_lines: true };
  try {
    return parse(text, how) as string[][];
  } catch {
    return 'file.quote';
  }
}

const texts = fc
  .array(fc.constantFrom('a', 'b c', ',', ',', '"', '""', '\n', '\r\n', '\r', 'é', '"x,y"', '"\r\n"'), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

describe('records', () => {
  it('are those of a known parser, or broken where it breaks', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(split([text])).toEqual(known(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('are the same however the text is cut', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(40)), (text, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length].toSorted((a, b) => a - b);
        const pieces = places.slice(1).map((place, n) => text.slice(places[n], place));
        expect(split(pieces)).toEqual(split([text]));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['without an end', `a,${'b'.repeat(2000)}`],
    ['with a quote that nobody closes', `a,"${'b\n'.repeat(2000)}`],
    ['that is too long as a whole', `a,${'b'.repeat(2000)}\nc`],
  ])('%s are given up at the limit', (_, text) => {
    expect(split([...text.match(/.{1,50}/gs)!])).toBe('file.record-too-long');
    expect(split([text])).toBe('file.record-too-long');
  });
});
