/** What attempts at calls come to, in the few words by which they are counted, whatever a source sends. */
export const callOutcomes = [
  'answered',
  'timed_out',
  'unreachable',
  'server_error',
  'rate_limited',
  'unauthorised',
  'unreadable',
  'refused',
  'not_sent',
] as const;
/** `refused` is a 4xx that is nobody's credentials; `not_sent` was ended by us: an open circuit, our own limit, a forbidden address. */
export type CallOutcome = (typeof callOutcomes)[number];
