/**
 * A read through the cache: fresh is answered from it, old is asked for again on the condition that it changed, and where the source
 * fails an old answer may do, but only where its operation's policy says so. Pages of a roster are no such operation: of them only
 * digests are kept, and an answer comes from the source or not at all.
 */
import { Fault } from '@rollcall/core';
import type { Failure } from '../outcome.js';
import type { Kept, ResponseCache } from './response-cache.js';

/** For one operation. */
export interface CachePolicy {
  /** So long nothing is asked at all. */
  readonly ttlMs: number;
  /** So long after, an old answer may stand in for a source that fails. 0 wherever something could be missing from it. */
  readonly staleIfErrorMs: number;
}

export interface Remembering<T> {
  /** Null where nothing can be kept. */
  keep(value: T): Buffer | null;
  /** The same value again; null where the caller needs the whole answer. */
  restore(kept: Buffer): T | null;
}

/** What a request must say of itself for the cache. */
export interface CacheableRequest<T> {
  readonly operation: string;
  readonly read: (body: Buffer) => { readonly value: T } | Failure;
  /** Whether the operation's cache policy may answer it. Never set for what must be complete or current. */
  readonly cacheable?: boolean;
  /** For pages: what to keep of an answer instead of its body, so that it can be known again when the source says 304. */
  readonly remember?: Remembering<T> | undefined;
}

interface ReadAnswer<T> {
  readonly value: T | undefined;
  readonly raw: Buffer;
  readonly providerTime: string | null;
  readonly total: string | null;
  readonly attempts: number;
}

export interface Fetched<T> extends ReadAnswer<T> {
  readonly notModified: boolean;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface CachedRead<T> {
  readonly cache: ResponseCache;
  readonly key: string;
  readonly request: CacheableRequest<T>;
  readonly policy: CachePolicy | undefined;
  readonly now: () => number;
  readonly fetch: (conditions: Readonly<Record<string, string>>) => Promise<Fetched<T>>;
}

export function cachedRead<T>(read: CachedRead<T>): Promise<ReadAnswer<T>> {
  const { remember } = read.request;
  if (remember) return rememberedRead(read, remember);
  return read.policy && read.request.cacheable ? policyRead(read, read.policy) : read.fetch({});
}

async function policyRead<T>(read: CachedRead<T>, policy: CachePolicy): Promise<ReadAnswer<T>> {
  const { cache, key, now } = read;
  const kept = cache.get(key);
  const value = kept && valueOf(read, kept);
  if (!kept || !value) return stored(read, await read.fetch({}));
  const age = now() - kept.confirmedAt;
  if (age < policy.ttlMs) {
    cache.count('hits');
    return value;
  }
  try {
    const answer = await read.fetch(conditions(kept));
    if (!answer.notModified) return stored(read, answer);
    cache.confirm(key, now());
    cache.count('revalidated');
    return { ...value, providerTime: answer.providerTime, attempts: answer.attempts };
  } catch (error) {
    const passes =
      error instanceof Fault && (error.code === 'source_unreachable' || error.code === 'source_rate_limited');
    if (!passes || age >= policy.ttlMs + policy.staleIfErrorMs) throw error;
    cache.count('stale');
    return value;
  }
}

function stored<T>({ cache, key, request, now }: CachedRead<T>, answer: Fetched<T>): ReadAnswer<T> {
  cache.count('misses');
  const { etag, lastModified } = answer;
  const kept = { etag, lastModified, confirmedAt: now(), content: answer.raw };
  if (answer.value !== undefined) cache.put(key, nounOf(request), kept);
  return answer;
}

/** A body that reads no more, after an update say, counts as not kept. */
function valueOf<T>({ request }: CachedRead<T>, { content }: Kept): ReadAnswer<T> | null {
  const reading = request.read(content);
  return 'value' in reading
    ? { value: reading.value, raw: content, providerTime: null, total: null, attempts: 0 }
    : null;
}

/** What is kept is looked at first: a page that could not be made from it is asked for without a condition. */
async function rememberedRead<T>(read: CachedRead<T>, remember: Remembering<T>): Promise<ReadAnswer<T>> {
  const { cache, key, now } = read;
  const kept = cache.get(key);
  const value = kept && remember.restore(kept.content);
  const answer = await read.fetch(kept && value ? conditions(kept) : {});
  if (answer.notModified && value) {
    cache.confirm(key, now());
    cache.count('revalidated');
    return { ...answer, value };
  }
  cache.count('misses');
  const { etag, lastModified } = answer;
  // A weak mark means 'as good as equal', which is not equal.
  const content = etag && !etag.startsWith('W/') && answer.value !== undefined ? remember.keep(answer.value) : null;
  if (content) cache.put(key, nounOf(read.request), { etag, lastModified, confirmedAt: now(), content });
  return answer;
}

function conditions({ etag, lastModified }: Kept): Record<string, string> {
  if (etag) return { 'If-None-Match': etag };
  return lastModified ? { 'If-Modified-Since': lastModified } : {};
}

export const nounOf = ({ operation }: { readonly operation: string }): string => operation.split('.', 1)[0]!;
