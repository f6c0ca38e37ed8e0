/**
 * The version of the engine's steps, as a number that only grows: raised when a run that this engine has begun must not be continued
 * by an older one. A newer engine goes on with what an older one has begun.
 */
export const engineVersion = 1;
