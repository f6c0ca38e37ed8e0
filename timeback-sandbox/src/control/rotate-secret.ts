/** Gives the client another secret: the old one, and every token that it bought, is refused from now on. */
import { checkFields, text } from '../body.js';
import type { Verb } from './verb.js';

export const rotateSecret: Verb = ({ tokens }, body) => {
  checkFields(body, { secret: text }, ['secret']);
  return { revoked: tokens.rotate(body.secret as string) };
};
