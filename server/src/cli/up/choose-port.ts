/** Chooses a port: the wanted one, or a free one where the wanted one was nobody's express wish. */
import { freePort, isPortFree } from '../../config/free-port.js';
import { SetupProblem } from '../../config/setup-problem.js';

export interface PortWish {
  /** For the sentence: whose port it is, and the variable that sets it. */
  readonly what: string;
  readonly variable: string;
  readonly setting: number;
  /** The setting's default: when that is taken, any free port will do. */
  readonly fallback: number;
}

/** Throws SetupProblem when the port that was asked for is taken. */
export async function choosePort(wish: PortWish, remembered: number | null = null): Promise<number> {
  const { setting, fallback, what, variable } = wish;
  if (setting !== fallback && setting !== 0) {
    if (await isPortFree(setting)) return setting;
    throw new SetupProblem(
      `Port ${setting} for the ${what} is taken by another program: end that program, or set ${variable} to another port.`,
    );
  }
  for (const port of [remembered, setting]) if (port && (await isPortFree(port))) return port;
  return freePort();
}
