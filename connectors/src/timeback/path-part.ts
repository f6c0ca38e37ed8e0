/** An id as part of an address; dots and nothing would name the collection or its parent instead of a record. */
import { Fault } from '@rollcall/core';

export function pathPart(sourcedId: string): string {
  if (/^\.{0,2}$/.test(sourcedId) || !sourcedId.isWellFormed())
    throw new Fault('invalid_input', 'This id cannot be asked for.');
  return encodeURIComponent(sourcedId);
}
