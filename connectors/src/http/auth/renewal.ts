/** When a token is renewed: a minute before it ends; one that lives shorter than five minutes, in the last fifth of its life. */
const renewalMarginMs = 60_000;
const renewalShare = 0.2;

export const renewalAt = (askedAt: number, lifeMs: number): number =>
  askedAt + lifeMs - Math.min(renewalMarginMs, lifeMs * renewalShare);
