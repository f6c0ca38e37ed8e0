/** What a seeded tenant has of the provider: a client of one school with its secret and a token, and a list that it pages through. */
import { randomUUID } from 'node:crypto';

type Rows = readonly Readonly<Record<string, unknown>>[];

export function providerRows({
  ids,
}: {
  readonly ids: { readonly school: string; readonly student: string };
}): [string, Rows][] {
  const client = { client_id: randomUUID() };
  const list = randomUUID();
  const name = { id: client.client_id, name: 'Reading program', scopes: ['roster.readonly'], created_by: 'Ada Quill' };
  const sees = { every_school: false, school_ids: [ids.school], withheld: ['users.phone'] };
  const question = `\\x${'0c'.repeat(32)}`;
  return [
    ['provider_clients', [{ ...name, ...sees, created_at: '2026-11-01T08:00:00Z' }]],
    ['provider_secrets', [{ ...client, id: randomUUID(), hash: 'none', created_at: '2026-11-01T08:00:00Z' }]],
    [
      'provider_tokens',
      [{ ...client, digest: `\\x${'07'.repeat(32)}`, scopes: name.scopes, expires_at: '2026-11-01T09:00:00Z' }],
    ],
    ['provider_lists', [{ ...client, id: list, question, total: 1, seen: '1:1:', made_at: '2026-11-01T08:00:00Z' }]],
    ['provider_list_parts', [{ list_id: list, part: 0, record_ids: [ids.student] }]],
  ];
}
