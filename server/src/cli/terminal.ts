/** Where a command speaks: JSON goes to standard output, everything else to standard error. */
import type { Failure } from './failure.js';
import type { Surroundings } from './surroundings.js';

export class Terminal {
  constructor(
    private readonly streams: Pick<Surroundings, 'out' | 'err'>,
    readonly json: boolean,
  ) {}

  get isTerminal(): boolean {
    return this.streams.err.isTTY === true;
  }

  say(text: string): void {
    this.streams.err.write(`${text}\n`);
  }

  /** Replaces the line that is being shown; for terminals only. */
  show(line: string): void {
    this.streams.err.write(`\r\u001B[2K${line}`);
  }

  /** The result of a command: the value for scripts, or its text for people. */
  result(value: unknown, text: () => string): void {
    if (this.json) this.streams.out.write(`${JSON.stringify(value)}\n`);
    else this.say(text());
  }

  fail(failure: Failure): void {
    const { code, message, nextStep } = failure;
    if (this.json) this.streams.out.write(`${JSON.stringify({ error: { code, message, nextStep } })}\n`);
    this.say([message, nextStep].filter(Boolean).join(' '));
  }
}
