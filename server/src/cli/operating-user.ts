/** Who decides at the terminal: the user of the operating system, as long as there is no sign-in. */
import { userInfo } from 'node:os';

export function operatingUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no name belongs to.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
