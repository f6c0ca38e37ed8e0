/**
 * What is kept of a page so that it can be known again without its body: its envelope and the digests of its rows, sixteen bytes a row and
 * nothing of persons. It is made again only for a reader who still knows every row; anybody else needs the whole page.
 */
import type { Remembering } from '../http/cache/cached-read.js';
import type { ListBody } from '../oneroster/rows/read-list.js';

const digestLetters = 32;
const wholeDigestBytes = 32;

export function rememberPage(isKnown: ((digest: string) => boolean) | undefined): Remembering<ListBody> | undefined {
  if (!isKnown) return undefined;
  return { keep, restore: (kept) => restore(kept, isKnown) };
}

/** Null for a page without digests of its rows. */
function keep({ envelope, allDigests, rowCount, bodyDigest, keysDigest }: ListBody): Buffer | null {
  if (allDigests.length !== rowCount || rowCount === 0) return null;
  const head = Buffer.from(JSON.stringify(envelope));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  return Buffer.concat([size, head, Buffer.from([bodyDigest, keysDigest, ...allDigests].join(''), 'hex')]);
}

function restore(kept: Buffer, isKnown: (digest: string) => boolean): ListBody | null {
  const headEnd = 4 + kept.readUInt32LE(0);
  const rowsAt = headEnd + 2 * wholeDigestBytes;
  const all = kept.toString('hex', rowsAt);
  const digests: string[] = [];
  for (let at = 0; at < all.length; at += digestLetters) {
    const digest = all.slice(at, at + digestLetters);
    if (!isKnown(digest)) return null;
    digests.push(digest);
  }
  return {
    envelope: JSON.parse(kept.toString('utf8', 4, headEnd)) as unknown,
    rowCount: digests.length,
    rows: [],
    digests: [],
    allDigests: digests,
    unchanged: digests,
    bodyDigest: kept.toString('hex', headEnd, headEnd + wholeDigestBytes),
    keysDigest: kept.toString('hex', headEnd + wholeDigestBytes, rowsAt),
  };
}
