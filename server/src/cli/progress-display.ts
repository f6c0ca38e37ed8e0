/** Shows progress: one line that is rewritten on a terminal, and elsewhere a new plain line when there is something new to say. */
import type { Progress } from './progress.js';
import { ProgressMeter } from './progress.js';
import type { Terminal } from './terminal.js';

const plainIntervalMs = 2_000;

export class ProgressDisplay {
  readonly #meter = new ProgressMeter();
  #shown = '';
  #step = '';
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly terminal: Terminal,
    private readonly nowMs: () => number,
  ) {}

  update(progress: Progress): void {
    const now = this.nowMs();
    const line = this.#meter.line(progress, now);
    if (line === this.#shown) return;
    if (this.terminal.isTerminal) this.terminal.show(line);
    else {
      const step = `${progress.step} ${progress.entity ?? ''}`;
      if (step === this.#step && now - this.#shownAt < plainIntervalMs) return;
      this.terminal.say(line);
      this.#step = step;
      this.#shownAt = now;
    }
    this.#shown = line;
  }

  end(): void {
    if (this.terminal.isTerminal && this.#shown) this.terminal.show('');
    this.#shown = '';
  }
}
