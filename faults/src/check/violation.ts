/** What a checker found broken: the promise, and a sentence with ids and counts, never a person's values. */
export const promises = [
  'lost',
  'doubled',
  'foreign',
  'stuck',
  'removed',
  'audit',
  'leak',
  'unbounded',
  'unexpected',
] as const;

export type Promised = (typeof promises)[number];

export interface Violation {
  readonly promise: Promised;
  readonly what: string;
}
