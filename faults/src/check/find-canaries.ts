/** Invariant 8: what stands in logs, jobs, errors, audit and reports holds no value of a person. */
import type { Ask } from './hub-snapshot.js';
import type { Violation } from './violation.js';

/** `where` names the place for whoever has to look; the value itself is not repeated. */
export function findCanaries(words: ReadonlySet<string>, where: string, text: string): Violation[] {
  const found = [...words].filter((word) => hasWord(text, word));
  if (found.length === 0) return [];
  return [{ promise: 'leak', what: `${where} holds ${found.length} values of people` }];
}

/** A family name inside of another word is not that name. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isLetter(text[at - 1]) && !isLetter(text[at + word.length])) return true;
  return false;
}

const isLetter = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\d]/u.test(sign);

/** Everything that a tenant's runs say for people or machines, without the roster, the stage and the plan. */
export async function spokenWords(ask: Ask, tenantId: string): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  for (const [place, columns] of Object.entries(spoken)) {
    const rows = await ask<{ text: string | null }>(
      `SELECT string_agg(concat_ws(E'\\n', ${columns}), E'\\n') AS text FROM ${place} WHERE tenant_id = $1`,
      [tenantId],
    );
    places.set(place, rows[0]?.text ?? '');
  }
  return places;
}

const spoken: Readonly<Record<string, string>> = {
  runs: 'reason, next_step, report::text, requested_by, request_reason',
  integration_audit_logs: 'action, actor, details::text',
  outbox: 'payload::text',
  rejected_records: 'code, field, message',
  holds: 'reason, closed_reason',
  integration_status: 'reason, next_step',
  run_entities: 'incomplete_reason, counts::text',
};

export async function queuedWords(ask: Ask): Promise<string> {
  const rows = await ask<{ text: string | null }>(
    `SELECT string_agg(to_jsonb(j)::text, E'\\n') AS text FROM bullmq.job j`,
  );
  return rows[0]?.text ?? '';
}
