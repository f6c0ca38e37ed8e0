/**
 * What a source holds at this moment, read by a client of our own that knows nothing of the product: rows as they came, keyed by
 * entity and external id.
 */
import type { EntityName } from '@rollcall/core';

export type WireRow = Readonly<Record<string, unknown>>;
export type SourceSnapshot = ReadonlyMap<EntityName, ReadonlyMap<string, WireRow>>;

export interface Universe {
  /** Every external id that the source has ever shown, by entity. */
  readonly ids: Map<EntityName, Set<string>>;
  /** Values of people that must be found nowhere but in the roster. */
  readonly words: Set<string>;
}

export const collections: readonly EntityName[] = [
  'orgs',
  'academicSessions',
  'courses',
  'users',
  'classes',
  'enrollments',
];

export async function readSource(baseUrl: string): Promise<SourceSnapshot> {
  const token = await mint(baseUrl);
  const read = async (name: EntityName) => [name, await readCollection(baseUrl, token, name)] as const;
  return new Map(await Promise.all(collections.map(read)));
}

async function mint(baseUrl: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
  const answer = await fetch(`${baseUrl}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const most = 3000;

async function readCollection(baseUrl: string, token: string, name: EntityName): Promise<Map<string, WireRow>> {
  const rows = new Map<string, WireRow>();
  for (let offset = 0; ; offset += most) {
    const address = `${baseUrl}/ims/oneroster/rostering/v1p2/${name}/?limit=${most}&offset=${offset}&sort=sourcedId`;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to the checker`);
    const page = ((await answer.json()) as Record<string, WireRow[]>)[name]!;
    for (const row of page) if (typeof row.sourcedId === 'string') rows.set(row.sourcedId, row);
    if (page.length < most) return rows;
  }
}

export function mergeUniverse(universe: Universe, snapshot: SourceSnapshot): void {
  for (const [name, rows] of snapshot) {
    const ids = universe.ids.get(name) ?? new Set<string>();
    for (const id of rows.keys()) ids.add(id);
    universe.ids.set(name, ids);
  }
  for (const row of snapshot.get('users')?.values() ?? [])
    for (const word of [row.email, row.username, row.familyName])
      // A short name may be part of any word; the address of the same person is not.
      if (typeof word === 'string' && word.length >= 6) universe.words.add(word);
}
