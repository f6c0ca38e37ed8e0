/** Open circuits, known to all processes through Redis; exactly one of them gets to try. While Redis is away each knows its own. */
import {
  LocalCircuitBoard,
  type CircuitAnswer,
  type CircuitBoard,
  type CircuitTimes,
  type Clock,
} from '@rollcall/connectors';
import type { Redis } from 'ioredis';

export interface SharedBoardSettings {
  readonly redis: Redis;
  /** Begins every key. */
  readonly prefix: string;
  /** For the time while Redis is away. */
  readonly clock: Clock;
  readonly onAway: (error: Error) => void;
  /** Milliseconds since 1970 instead of Redis's own, for tests. */
  readonly nowMs?: () => number;
}

/**
 * KEYS[1] the circuit. ARGV: what to do, our time or '', then for `ask` how long a probe takes; for `trip` the shortest and the longest
 * time open. Fields: o openings in a row, u open until, p a probe is out until. -1 is closed, -2 the probe, else the wait.
 */
const script = `
local what, now = ARGV[1], tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local noted = redis.call('HMGET', KEYS[1], 'o', 'u', 'p')
local openings, openUntil, probeUntil = tonumber(noted[1]), tonumber(noted[2]) or 0, tonumber(noted[3]) or 0
if what == 'ask' then
  if not openings then return -1 end
  if now < openUntil then return math.ceil(openUntil - now) end
  if now < probeUntil then return math.ceil(math.min(1000, probeUntil - now)) end
  redis.call('HSET', KEYS[1], 'p', now + tonumber(ARGV[3]))
  return -2
end
if openings and now < openUntil then return math.ceil(openUntil - now) end
openings = (openings or 0) + 1
local forMs = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ (openings - 1))
redis.call('HSET', KEYS[1], 'o', openings, 'u', now + forMs, 'p', 0)
redis.call('PEXPIRE', KEYS[1], math.ceil(forMs) + 86400000)
return math.ceil(forMs)
`;

type Script = (key: string, ...rest: (string | number)[]) => Promise<number>;

export class SharedCircuitBoard implements CircuitBoard {
  readonly #alone: LocalCircuitBoard;
  readonly #script: Script;

  constructor(private readonly settings: SharedBoardSettings) {
    this.#alone = new LocalCircuitBoard(settings.clock);
    settings.redis.defineCommand('rollcallCircuit', { numberOfKeys: 1, lua: script });
    const { rollcallCircuit } = settings.redis as unknown as { rollcallCircuit: Script };
    this.#script = rollcallCircuit.bind(settings.redis);
  }

  async ask(key: string, probeMs: number): Promise<CircuitAnswer> {
    const answer = await this.#orAlone(
      () => this.#run(key, 'ask', probeMs),
      () => this.#alone.ask(key, probeMs),
    );
    if (typeof answer !== 'number') return answer;
    return answer === -1 ? 'closed' : answer === -2 ? 'probe' : { waitMs: answer };
  }

  trip(key: string, { openMs, longestOpenMs }: CircuitTimes): Promise<number> {
    return this.#orAlone(
      () => this.#run(key, 'trip', openMs, longestOpenMs),
      () => this.#alone.trip(key, { openMs, longestOpenMs }),
    );
  }

  async close(key: string): Promise<void> {
    await this.#alone.close(key);
    await this.settings.redis.del(this.#keyOf(key)).catch(this.settings.onAway);
  }

  async #orAlone<T, U>(together: () => Promise<T>, alone: () => Promise<U>): Promise<T | U> {
    try {
      return await together();
    } catch (error) {
      this.settings.onAway(error as Error);
      return alone();
    }
  }

  #run(key: string, what: string, ...rest: number[]): Promise<number> {
    return this.#script(this.#keyOf(key), what, this.settings.nowMs?.() ?? '', ...rest);
  }

  #keyOf(key: string): string {
    return `${this.settings.prefix}circuit:${key}`;
  }
}
