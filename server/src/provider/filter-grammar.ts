/**
 * Reads OneRoster's filter: clauses of a field, a predicate and a value in quotes, joined by AND or by OR. A quote inside a value
 * is doubled. Mixed joiners are refused, because the standard gives them no order.
 */
import type { Predicate } from '../store/provider/conditions.js';
import { ProviderRefusal } from './refusal.js';

export interface ParsedFilter {
  readonly joiner: 'AND' | 'OR';
  readonly clauses: readonly ParsedClause[];
}

export interface ParsedClause {
  /** With its dots, for example `org.sourcedId`. */
  readonly field: string;
  readonly predicate: Predicate;
  readonly value: string;
}

const mostClauses = 20;
const longest = 4000;

const clauseText = /\s*([A-Za-z_][\w-]*(?:\.[\w:-]+)*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'/y;
const joinerText = /\s+(AND|OR)(?=\s)/iy;

/** Throws ProviderRefusal. */
export function parseFilter(text: string): ParsedFilter {
  if (text.length > longest) throw refused(`is longer than ${longest} characters`);
  const clauses: ParsedClause[] = [];
  const joiners = new Set<string>();
  let at = 0;
  for (;;) {
    clauseText.lastIndex = at;
    const clause = clauseText.exec(text);
    if (!clause) throw refused(`is not readable at character ${at + 1}: wanted is a clause like status='active'`);
    clauses.push({ field: clause[1]!, predicate: clause[2] as Predicate, value: clause[3]!.replaceAll("''", "'") });
    at = clauseText.lastIndex;
    if (text.slice(at).trim() === '') break;
    joinerText.lastIndex = at;
    const joiner = joinerText.exec(text);
    if (!joiner) throw refused(`is not readable at character ${at + 1}: wanted is AND, OR or the end`);
    joiners.add(joiner[1]!.toUpperCase());
    at = joinerText.lastIndex;
  }
  if (joiners.size > 1) throw refused('mixes AND and OR, which the standard gives no order');
  if (clauses.length > mostClauses) throw refused(`has more than ${mostClauses} clauses`);
  return { joiner: joiners.has('OR') ? 'OR' : 'AND', clauses };
}

const refused = (rule: string): ProviderRefusal => new ProviderRefusal('invalid_filter_field', `The filter ${rule}.`);
