/** The set of checksums behaves as a Set of strings does, also when it grows. */
import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChecksumSet } from './checksum-set.js';

const checksum = fc
  .array(fc.constantFrom(0, 1, 0xff, 0x7fffffff, 0xffffffff), { minLength: 4, maxLength: 4 })
  .map((words) => words.map((word) => word.toString(16).padStart(8, '0')).join(''));

describe('ChecksumSet', () => {
  it('has exactly what was added', () => {
    fc.assert(
      fc.property(fc.array(checksum), fc.array(checksum), (added, asked) => {
        const set = new ChecksumSet();
        const truth = new Set(added);
        for (const hex of added) set.addBytes(Buffer.from(hex, 'hex'), 0);
        expect(set.size).toBe(truth.size);
        for (const hex of [...added, ...asked]) expect(set.has(hex)).toBe(truth.has(hex));
      }),
    );
  });

  it('keeps all members while it grows from nothing to 50,000', () => {
    const set = new ChecksumSet();
    const hex = (i: number) => hash('md5', String(i));
    for (let i = 1; i <= 50_000; i += 1) set.addBytes(Buffer.from(hex(i), 'hex'), 0);
    const lost = Array.from({ length: 50_000 }, (_, i) => hex(i + 1)).filter((sum) => !set.has(sum));
    expect(lost).toEqual([]);
    expect(set.has('0'.repeat(32))).toBe(false);
  });
});
