/** Whether a call that changes something can have done so, told from how it ended: the proof that a repeat needs. */
import type { Outcome } from '../outcome.js';

/** Refused before any work was done (RFC 9110; RFC 6585 for 429; RFC 8470 for 425). */
const refusedUnread = new Set([401, 408, 413, 425, 429]);
/** The connection never stood, so nothing was sent. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export function mayHaveEffect(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'answer':
      return !refusedUnread.has(outcome.status);
    case 'network':
      return !neverSent.has(outcome.detail);
    case 'unsent':
    case 'untrusted':
    case 'refused':
    case 'limited':
    case 'forbidden':
      return false;
    case 'timeout':
    case 'too_large':
    case 'unreadable':
      return true;
  }
}
