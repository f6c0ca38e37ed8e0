/** How lists are asked for and answered, with bounds that no request can lift. */
import { z } from 'zod';

export const limit = z.coerce.number().int().min(1).max(1000).default(100);

/** For lists that are short enough to be counted through. */
export const byOffset = { limit, offset: z.coerce.number().int().min(0).max(1_000_000).default(0) };

/** For the roster: `after` is the `nextAfter` of the page before. */
export const byKey = { limit, after: z.uuid().optional() };

export const idSchema = z.strictObject({ id: z.uuid() });

export function offsetPage<Item>(
  rows: readonly Item[],
  range: { limit: number; offset: number },
): {
  items: readonly Item[];
  nextOffset: number | null;
} {
  const more = rows.length > range.limit;
  return { items: rows.slice(0, range.limit), nextOffset: more ? range.offset + range.limit : null };
}

export const offsetPageSchema = <Item extends z.ZodType>(item: Item, id: string) =>
  z.object({ items: z.array(item), nextOffset: z.int().nullable() }).meta({ id });

export const instant = z.iso.datetime();

export const shownInstant = (date: Date | null): string | null => date && date.toISOString();
