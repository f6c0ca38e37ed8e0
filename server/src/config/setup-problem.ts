/**
 * A reason why Rollcall cannot start here. Its message is one sentence that names the cause and the next step, and is
 * meant for the person at the terminal: commands print it as it is, without a stack.
 */
export class SetupProblem extends Error {
  override readonly name = 'SetupProblem';
  /** Exit code for commands; the numbers are listed in launcher/README.md. */
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 2;
  }
}

/** Turns a failed file operation into a sentence; other errors pass unchanged. */
export function fileProblem(error: unknown, action: string, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new SetupProblem(
      `Rollcall may not ${action} ${path}: give this user write access, or set ROLLCALL_DATA_DIR to a folder it can write.`,
      { cause: error },
    );
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new SetupProblem(
      `The disk is full, so Rollcall could not ${action} ${path}: free some space and try again.`,
      {
        cause: error,
      },
    );
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new SetupProblem(`A file is in the way where Rollcall wants to ${action} ${path}: move it away.`, {
      cause: error,
    });
  return error;
}
