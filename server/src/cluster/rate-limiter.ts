/**
 * Rate limits that all processes keep together, through Redis. Calls of one moment travel as one question; while Redis is away each
 * process keeps to its part of the limit by itself.
 */
import {
  LocalRateLimiter,
  type Clock,
  type Priority,
  type Quota,
  type RateLimit,
  type RateLimiter,
} from '@rollcall/connectors';
import type { Redis } from 'ioredis';
import { rateLimitScript } from './rate-limit-script.js';

export interface SharedLimiterSettings {
  readonly redis: Redis;
  /** Begins every key. */
  readonly prefix: string;
  /** For the time while Redis is away. */
  readonly clock: Clock;
  /** How many share a limit then. */
  readonly processes: number;
  /** Heard of each question that Redis did not answer. */
  readonly onAway: (error: Error) => void;
  /** Microseconds since 1970 instead of Redis's own, for tests. */
  readonly nowUs?: () => number;
}

interface Question {
  readonly key: string;
  readonly limit: RateLimit | null;
  readonly priority: Priority;
  readonly answers: ((waitMs: number) => void)[];
}

type Script = (key: string, ...rest: (string | number)[]) => Promise<[granted: number, waitUs: number]>;

export class SharedRateLimiter implements RateLimiter {
  readonly #alone: LocalRateLimiter;
  readonly #script: Script;
  #asked = new Map<string, Question>();

  constructor(private readonly settings: SharedLimiterSettings) {
    this.#alone = new LocalRateLimiter(settings.clock);
    settings.redis.defineCommand('rollcallRateLimit', { numberOfKeys: 1, lua: rateLimitScript });
    const { rollcallRateLimit } = settings.redis as unknown as { rollcallRateLimit: Script };
    this.#script = rollcallRateLimit.bind(settings.redis);
  }

  take(key: string, limit: RateLimit | null, priority: Priority): Promise<number> {
    return new Promise((answer) => {
      if (this.#asked.size === 0) setImmediate(() => this.#ask());
      const like = `${priority} ${key} ${limit ? Object.values(limit).join(' ') : ''}`;
      const question = this.#asked.get(like);
      if (question) question.answers.push(answer);
      else this.#asked.set(like, { key, limit, priority, answers: [answer] });
    });
  }

  async block(key: string, ms: number): Promise<void> {
    await this.#alone.block(key, ms);
    await this.#run(key, 'block', ms).catch(this.settings.onAway);
  }

  async announce(key: string, quota: Quota): Promise<void> {
    await this.#alone.announce(key, quota);
    await this.#run(key, 'announce', quota.left, quota.resetMs).catch(this.settings.onAway);
  }

  #ask(): void {
    const questions = [...this.#asked.values()];
    this.#asked = new Map();
    for (const question of questions) void this.#answer(question);
  }

  async #answer(question: Question): Promise<void> {
    const { key, limit, priority, answers } = question;
    const share = priority === 'interactive' ? 0 : (limit?.interactiveShare ?? 0);
    const rule = limit ? [limit.perSecond, limit.burst, limit.perWindow, limit.windowMs] : [0, 0, 0, 0];
    try {
      const [granted, waitUs] = await this.#run(key, 'take', answers.length, share, ...rule);
      answers.forEach((answer, at) => answer(at < granted ? 0 : Math.ceil(waitUs / 1000)));
    } catch (error) {
      this.settings.onAway(error as Error);
      const part = limit && partOf(limit, this.settings.processes);
      for (const answer of answers) answer(await this.#alone.take(key, part, priority));
    }
  }

  #run(key: string, what: string, ...rest: number[]): ReturnType<Script> {
    return this.#script(`${this.settings.prefix}limit:${key}`, what, this.settings.nowUs?.() ?? '', ...rest);
  }
}

/** Rounded down, so that together they stay within; one each at least, or nothing would go on. */
const partOf = (limit: RateLimit, processes: number): RateLimit => ({
  ...limit,
  perSecond: limit.perSecond / processes,
  burst: Math.max(1, Math.floor(limit.burst / processes)),
  perWindow: Math.max(1, Math.floor(limit.perWindow / processes)),
});
