/** If-Match: what a change was decided on. What has moved since is answered with 412 and what is there by now. */
import { Fault } from '@rollcall/core';
import { RequestRefused } from '../problem.js';

/** The version that was seen; undefined where any is meant. Throws Fault invalid_input. */
export function seenIn(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tag = /^\s*"([\w-]{1,100})"\s*$/.exec(header)?.[1];
  if (tag === undefined) throw new Fault('invalid_input', 'If-Match takes one ETag that this API has given, or *.');
  return tag;
}

export async function notStale<T>(change: Promise<T>): Promise<T> {
  return change.catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'stale_decision')
      throw new RequestRefused(412, error.code, error.publicText, error.nextStep);
    throw error;
  });
}
