/**
 * What is kept of a row's free `metadata`: all but the keys that the provider changes by itself (learning progress and the
 * like), which would look like changes of the roster. Bounded in depth and size, so that no row can hurt the hub.
 */
import type { RejectCode } from '@rollcall/core';
import { containsProblem } from './text.js';

export interface MetadataRules {
  readonly names: ReadonlySet<string>;
  readonly prefixes: readonly string[];
}

type Kept =
  { readonly metadata: Record<string, unknown> | null } | { readonly code: RejectCode; readonly rule: string };

const maxDepth = 32;
const maxCharacters = 100_000;

/** A key that ends in `*` stands for all keys with that beginning. */
export function metadataRules(volatileKeys: readonly string[]): MetadataRules {
  return {
    // As a key of an object literal it would change the object's prototype instead.
    names: new Set([...volatileKeys.filter((key) => !key.endsWith('*')), '__proto__']),
    prefixes: volatileKeys.filter((key) => key.endsWith('*')).map((key) => key.slice(0, -1)),
  };
}

export function keptMetadata(value: unknown, rules: MetadataRules): Kept {
  // Some systems write an empty object as an empty list or text.
  if (value === '' || (Array.isArray(value) && value.length === 0)) return { metadata: null };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { code: 'field_invalid', rule: 'is not an object' };
  const kept: Record<string, unknown> = {};
  let empty = true;
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined || isVolatile(key, rules)) continue;
    kept[key] = part;
    empty = false;
  }
  if (empty) return { metadata: null };
  return problemIn(kept) ?? { metadata: kept };
}

const isVolatile = (key: string, rules: MetadataRules): boolean =>
  rules.names.has(key) || rules.prefixes.some((prefix) => key.startsWith(prefix));

/** Walks without recursion: the depth is the provider's choice. */
function problemIn(root: unknown): Exclude<Kept, { metadata: unknown }> | null {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  let characters = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    characters += 1;
    if (typeof value === 'string') {
      characters += value.length;
      if (characters <= maxCharacters && containsProblem(value)) return badText;
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= maxDepth) return { code: 'field_invalid', rule: `is nested deeper than ${maxDepth} levels` };
      for (const [key, part] of Object.entries(value)) {
        characters += Array.isArray(value) ? 0 : key.length;
        if (characters <= maxCharacters && containsProblem(key)) return badText;
        open.push({ value: part, depth: depth + 1 });
      }
    }
    if (characters > maxCharacters)
      return { code: 'field_too_long', rule: `is larger than ${maxCharacters} characters` };
  }
  return null;
}

const badText = { code: 'nul_character', rule: 'holds a NUL character or broken Unicode' } as const;
