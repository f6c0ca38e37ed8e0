/** The checksum of a projection: the first 128 bits of its sha256 as 32 hex digits, which PostgreSQL stores as a uuid. */
import { hash } from 'node:crypto';

export function checksumOf(projection: string): string {
  return hash('sha256', projection, 'hex').slice(0, 32);
}
