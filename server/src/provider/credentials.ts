/**
 * Client ids, secrets and tokens. Each id and token names its tenant, so that one look-up finds it; secrets are kept as scrypt
 * hashes and tokens as digests, and neither can be read back.
 */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** Node's own, 16 MB a guess: a secret of 256 random bits is not guessed, however cheap a guess. */
const cost = { N: 2 ** 14, r: 8, p: 1 };
const keyBytes = 32;

export const newSecret = (): string => randomBytes(32).toString('base64url');

export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(secret, salt, keyBytes, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Takes as long for a client that does not exist as for a wrong secret. */
export async function provesSecret(secret: string, hashes: readonly string[]): Promise<boolean> {
  let proven = false;
  for (const hash of hashes.length > 0 ? hashes : [nobodysHash]) {
    const [, N, r, p, salt, key] = hash.split('$');
    const kept = Buffer.from(key ?? '', 'base64url');
    const made = await derive(secret, Buffer.from(salt ?? '', 'base64url'), keyBytes, {
      ...cost,
      ...{ N: Number(N), r: Number(r), p: Number(p) },
    });
    proven ||= kept.length === made.length && timingSafeEqual(kept, made);
  }
  return proven && hashes.length > 0;
}

const nobodysHash = ['scrypt', cost.N, cost.r, cost.p, 'bm9ib2R5', Buffer.alloc(keyBytes).toString('base64url')].join(
  '$',
);

export const clientIdOf = (tenantId: string, id: string): string =>
  Buffer.concat([uuidBytes(tenantId), uuidBytes(id)]).toString('base64url');

/** Null for what is no client id. */
export function readClientId(text: string): { tenantId: string; id: string } | null {
  const bytes = exactBytes(text, 32);
  return bytes && { tenantId: uuidText(bytes.subarray(0, 16)), id: uuidText(bytes.subarray(16)) };
}

export const newToken = (tenantId: string): string =>
  Buffer.concat([uuidBytes(tenantId), randomBytes(32)]).toString('base64url');

/** The tenant that a token names, and the digest it is known by; null for what is no token. */
export function readToken(text: string): { tenantId: string; digest: Buffer } | null {
  const bytes = exactBytes(text, 48);
  return bytes && { tenantId: uuidText(bytes.subarray(0, 16)), digest: digestOf(text) };
}

export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

function exactBytes(text: string, length: number): Buffer | null {
  if (!/^[\w-]{1,100}$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === length && bytes.toString('base64url') === text ? bytes : null;
}

const uuidBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
