/** A wire org or school to a canonical org. `children` is left out: it only mirrors the children's own `parent`. */
import type { Org } from '@rollcall/core';
import type { WireReader, WireRow } from './wire.js';
import { orgTypeWords } from './words.js';

export function readOrg(row: WireRow, read: WireReader): Org {
  return {
    sourcedId: read.sourcedId,
    status: read.status,
    dateLastModified: read.instant(row.dateLastModified),
    metadata: read.metadata(row.metadata),
    name: read.requiredText(row.name, 'name'),
    type: read.word(row.type, 'type', orgTypeWords, null) ?? 'school',
    identifier: read.text(row.identifier, 'identifier'),
    parent: read.reference(row.parent, 'parent'),
  };
}
