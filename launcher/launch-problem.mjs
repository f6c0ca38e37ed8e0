/** Why the launcher cannot go on: one sentence for the person at the terminal, and an exit code listed in README.md. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export class LaunchProblem extends Error {
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const EXIT = {
  unexpected: 1,
  platform: 10,
  noNpm: 11,
  install: 12,
  noAccess: 13,
  diskFull: 14,
  noNode: 15,
  build: 16,
  busy: 17,
  noScript: 18,
};

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The sentence for a file operation that the system refused; other errors come back unchanged. */
export function accessProblem(error, path) {
  if (['EACCES', 'EPERM', 'EROFS'].includes(error?.code))
    return new LaunchProblem(
      EXIT.noAccess,
      `Rollcall may not write in ${path}: run it as the owner of that folder, or give this user write access.`,
    );
  if (['ENOSPC', 'EDQUOT'].includes(error?.code))
    return new LaunchProblem(EXIT.diskFull, `The disk that holds ${path} is full: free about 1 GB and try again.`);
  return error;
}
