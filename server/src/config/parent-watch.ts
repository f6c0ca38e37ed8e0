/**
 * For a process that another one of ours started: ends it when that parent is gone, however the parent went. Without
 * ROLLCALL_PARENT_PID, as when started by hand, it does nothing.
 */
export function endWithParent(env: NodeJS.ProcessEnv = process.env, onGone = endMyself): void {
  const parent = Number(env.ROLLCALL_PARENT_PID ?? 0);
  if (!parent) return;
  const timer = setInterval(() => {
    // An orphan is given to another parent, so a changed parent means a dead one; kill(pid, 0) could meet a stranger.
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
}

const GRACE_MS = 20_000;

/** The normal way down first; a process that does not come to an end within the grace is ended. */
function endMyself(): void {
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
}
