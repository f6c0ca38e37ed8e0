/** The exit codes of all commands, as cli/README.md documents them. 10 to 18 belong to the launcher. */
import type { RunState } from '@rollcall/core';

export const EXIT = { ok: 0, failed: 1, usage: 2, attention: 3, interrupted: 130 } as const;

const ofStates: Readonly<Partial<Record<RunState, number>>> = {
  completed: EXIT.ok,
  completed_with_holds: EXIT.ok,
  completed_with_rejects: EXIT.ok,
  rolled_back: EXIT.ok,
  partly_rolled_back: EXIT.ok,
  failed: EXIT.failed,
  cancelled: EXIT.failed,
};

/** A run that is not over waits for something or someone. */
export const exitCodeOf = (state: RunState): number => ofStates[state] ?? EXIT.attention;
