/**
 * Names a client at a source for what is counted there, limits and circuits, whatever integration uses it. A digest, so that keys and
 * logs tell nothing.
 */
import { hash } from 'node:crypto';

/** `address` is where the client signs in. */
export const identityOf = (address: string, clientId: string): string =>
  hash('sha256', `${address} ${clientId}`, 'hex').slice(0, 16);
