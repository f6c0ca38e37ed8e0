/**
 * What is kept of a row's free `metadata`: all but the keys that the provider changes by itself (learning progress and the
 * like), which would look like changes of the roster. Bounded in depth and size, so that no row can hurt the hub.
 */
import type { RejectCode } from '@rollcall/core';
import { storable } from './text.js';

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
  for (const key in value) {
    if (isVolatile(key, rules)) continue;
    kept[key] = (value as Record<string, unknown>)[key];
    empty = false;
  }
  if (empty) return { metadata: null };
  return problemIn(kept) ?? { metadata: kept };
}

const isVolatile = (key: string, rules: MetadataRules): boolean =>
  rules.names.has(key) || rules.prefixes.some((prefix) => key.startsWith(prefix));

type Problem = Exclude<Kept, { metadata: unknown }>;

function problemIn(root: Readonly<Record<string, unknown>>): Problem | null {
  const size = { characters: 0 };
  return problemInside(root, 0, size) ?? (size.characters > maxCharacters ? tooLarge : null);
}

/** Recursion is safe: it ends at `maxDepth`. */
function problemInside(value: object, depth: number, size: { characters: number }): Problem | null {
  if (depth >= maxDepth) return tooDeep;
  for (const key in value) {
    size.characters += key.length;
    if (size.characters > maxCharacters) return tooLarge;
    if (!storable(key)) return badText;
    const part = (value as Record<string, unknown>)[key];
    if (typeof part === 'string') {
      size.characters += part.length;
      if (size.characters <= maxCharacters && !storable(part)) return badText;
    } else if (typeof part === 'object' && part !== null) {
      const problem = problemInside(part, depth + 1, size);
      if (problem) return problem;
    }
  }
  return null;
}

const tooDeep = { code: 'field_invalid', rule: `is nested deeper than ${maxDepth} levels` } as const;
const tooLarge = { code: 'field_too_long', rule: `is larger than ${maxCharacters} characters` } as const;
const badText = { code: 'nul_character', rule: 'holds a NUL character or broken Unicode' } as const;
