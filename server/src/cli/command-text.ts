/** Commands as a person can copy them from what a command prints. */
export const commandText = (words: readonly string[], tenant?: string): string =>
  ['npm run -s rollcall --', ...words, ...(tenant === undefined ? [] : ['--tenant', quoted(tenant)])].join(' ');

/** A word that a shell hands on as it is. */
const quoted = (word: string): string => (/^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
