/** Finds by halving which items of a list cannot be taken, in a number of tries that grows with the bad ones, not with the list. */

/** Of a list this long, more than half are no single bad records either. */
const longList = 10;

/** More than this are not single bad records but a rule of ours or of theirs that has changed. */
export const mostPoison = 200;

/**
 * `refused` tries a part and leaves nothing behind. Called for a list that is refused as a whole. Empty when no item is refused by
 * itself, when there are more than `most`, or when most of a longer list are refused: then none of them is to blame.
 */
export async function findPoison<T>(
  items: readonly T[],
  refused: (part: readonly T[]) => Promise<boolean>,
  most = mostPoison,
): Promise<readonly T[]> {
  const found: T[] = [];
  const search = async (part: readonly T[]): Promise<void> => {
    if (found.length > most) return;
    if (part.length === 1) return void found.push(part[0]!);
    const middle = Math.ceil(part.length / 2);
    for (const half of [part.slice(0, middle), part.slice(middle)]) if (await refused(half)) await search(half);
  };
  if (items.length === 1) return (await refused(items)) ? items : [];
  if (items.length > 0) await search(items);
  const rule = found.length > most || (items.length >= longList && found.length > items.length / 2);
  return rule ? [] : found;
}
