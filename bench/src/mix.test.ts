/** The mix: as many rows as were asked for, in the shares that are stated. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sampleOf, studentsFor } from './mix.js';

describe('mix', () => {
  test('asks for a district of as many rows as wanted, within one student', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 10_000_000 }), (records) => {
        expect(Math.abs(studentsFor(records) * 8.97 - records)).toBeLessThanOrEqual(8.97);
      }),
    );
  });

  test('samples in the mix: users 30 %, enrollments 62 %, classes 6 %, courses 2 %', () => {
    const plenty = { users: 1e6, classes: 1e6, enrollments: 1e6, courses: 1e6 };
    expect(Object.fromEntries(sampleOf(5000, plenty).map(({ name, rows }) => [name, rows]))).toEqual({
      users: 1500,
      classes: 300,
      enrollments: 3100,
      courses: 100,
    });
  });

  test('never samples more rows than there are', () => {
    const few = { users: 3, classes: 2, enrollments: 1, courses: 0 };
    for (const { name, rows } of sampleOf(5000, few)) expect(rows).toBe(few[name as keyof typeof few]);
  });
});
