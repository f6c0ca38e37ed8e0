/** What a decision is asked for over HTTP: its reason, and the rows that it is limited to. */
import { z } from 'zod';

/** More than most holds have, and no more than one request carries. */
export const mostRows = 10_000;

export const decisionFields = {
  /** Kept with the decision. */
  reason: z.string().trim().min(1).max(1000),
  /** Local ids; without them, all rows. */
  rows: z.array(z.uuid()).min(1).max(mostRows).optional(),
};

/** Until there is sign-in nobody is known here; a header that claims a name proves nothing. */
export const apiActor = 'api';
