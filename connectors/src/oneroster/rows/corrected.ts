/** Rows with the values that a person has put right, so that one correction serves every source that brings rows of JSON objects. */
import type { CallContext } from '../../contracts.js';
import { isObject } from './json-parts.js';

export const corrected = (rows: readonly unknown[], { correct }: Pick<CallContext, 'correct'>): readonly unknown[] =>
  correct ? rows.map((row) => (isObject(row) ? correct(row as Readonly<Record<string, unknown>>) : row)) : rows;
