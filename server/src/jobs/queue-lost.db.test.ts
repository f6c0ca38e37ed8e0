/**
 * A queue that loses everything, or is away, loses no run: it is taken up within 15 seconds, and while Redis is away workers find
 * their work in the database.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Lease } from '../store/leases.js';
import { beginAttempt, findRun, moveRun, type Run } from '../store/runs.js';
import { systemClock } from '../telemetry/system-clock.js';
import { queueState } from './queue-state.js';
import { runRequested } from './queues.js';
import { RunBell } from './run-bell.js';
import { startWorker, type RunningWorker } from './run-worker.js';
import { keepSweeping } from './sweeper.js';
import { backends, eventually, quietLog, QueuedDistrict, secondsOf, type Backend } from './testing/queued-district.js';
import { workOnNext } from './work-on-next.js';

const resumeWithinMs = 15_000;
/** A ring is waited for three seconds and what did not answer is closed within one; then it is tried once more. */
const longestRingSeconds = 10;

/** A worker as the product runs it, with an engine that only waits until it is let go. */
class Bench {
  #stop = new AbortController();
  #sweeping: Promise<void> = Promise.resolve();
  #worker: RunningWorker | null = null;
  #release = new Map<string, () => void>();
  readonly worked: string[] = [];

  constructor(
    private readonly district: QueuedDistrict,
    readonly bell: RunBell,
  ) {}

  async start(): Promise<void> {
    const parts = { db: this.district.database.worker, log: quietLog, work: this.#work };
    const { signal } = this.#stop;
    this.#worker = await startWorker(runRequested, parts, signal, {
      queueAt: this.district.queueAt('worker'),
      log: quietLog,
    });
    const workUnasked = () => workOnNext(parts, signal);
    const sweeper = { db: parts.db, bell: this.bell, clock: systemClock, log: quietLog, workUnasked };
    this.#sweeping = keepSweeping(sweeper, signal);
  }

  readonly #work = async (lease: Lease): Promise<Run> => {
    const { worker } = this.district.database;
    await worker.withTenant(lease.tenantId, (tx) => beginAttempt(tx, lease));
    this.worked.push(lease.runId);
    await new Promise<void>((done) => {
      this.#release.set(lease.runId, done);
      // What is taken up while the bench is being put away would never be let go.
      if (this.#stop.signal.aborted) done();
    });
    return worker.withTenant(lease.tenantId, async (tx) => {
      await moveRun(tx, lease, 'failed', { reason: 'over' });
      return findRun(tx, lease.tenantId, lease.runId);
    });
  };

  end(runId: string): void {
    this.#release.get(runId)?.();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the test is over'));
    for (const release of this.#release.values()) release();
    await Promise.all([this.#worker?.close(), this.#sweeping]);
    await this.bell.close();
  }
}

async function opened(backend: Backend): Promise<QueuedDistrict> {
  return QueuedDistrict.open('jobs_lost', backend);
}

describe.each(backends)('a queue on %s that forgets everything', (backend) => {
  let district: QueuedDistrict;
  let bench: Bench;
  beforeAll(async () => {
    district = await opened(backend);
  });
  afterAll(() => district.close());
  beforeEach(async () => {
    await district.reset();
    bench = new Bench(district, new RunBell(district.queueAt('worker'), quietLog));
    await bench.start();
  });
  afterEach(() => bench.stop());

  it('in the middle of a run does not disturb the run, which ends as if nothing had been', async () => {
    const run = await district.run();
    await bench.bell.ring(run);
    await eventually(async () => bench.worked.length === 1);
    await district.forgetJobs();
    bench.end(run.runId);
    await eventually(async () => (await district.find(run)).state === 'failed');
    expect(await district.find(run)).toMatchObject({ attempt: 1, reason: 'over' });
  });

  it('before a run was taken up delays it by 15 seconds at most', async () => {
    await bench.bell.ring(await district.run());
    await district.forgetJobs();
    await eventually(async () => bench.worked.length > 0, resumeWithinMs);
  });

  it('goes on hearing: a later run is taken up by its ring', async () => {
    await district.forgetJobs();
    const run = await district.run();
    await bench.bell.ring(run);
    await eventually(async () => bench.worked.includes(run.runId), resumeWithinMs);
  });
});

describe('a Redis that lets everybody in and never answers', () => {
  it('keeps whoever rings for seconds at most, and does not keep the bell from being put away', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const queueAt = { databaseUrl: 'postgresql://nobody@127.0.0.1/none', redisUrl: `redis://127.0.0.1:${port}` };
    const bell = new RunBell(queueAt, quietLog);
    const seconds = await secondsOf(async () => {
      expect(await bell.ring({ tenantId: randomUUID(), runId: randomUUID() })).toBe(false);
      await bell.close();
    });
    expect(seconds).toBeLessThan(longestRingSeconds);
    silent.close();
  });
});

describe('a Redis that is away', () => {
  let district: QueuedDistrict;
  let bench: Bench;
  beforeAll(async () => {
    district = await opened('redis');
  });
  afterAll(() => district.close());
  beforeEach(async () => {
    await district.reset();
    bench = new Bench(district, new RunBell(district.queueAt('worker'), quietLog));
    await bench.start();
  });
  afterEach(async () => {
    await bench.stop();
    await district.redis.comeBack().catch(() => undefined);
  });

  it('refuses a ring instead of keeping whoever rings', async () => {
    const run = await district.run();
    await bench.bell.ring(run);
    await district.redis.leave();
    const seconds = await secondsOf(async () => expect(await bench.bell.ring(run)).toBe(false));
    expect(seconds).toBeLessThan(longestRingSeconds);
  });

  it('keeps no run waiting: workers find it in the database', async () => {
    await district.redis.leave();
    const run = await district.run();
    await eventually(async () => bench.worked.includes(run.runId), resumeWithinMs);
    bench.end(run.runId);
    await eventually(async () => (await district.find(run)).state === 'failed');
  });

  it('is heard again when it is back', async () => {
    await district.redis.leave();
    await new Promise((done) => setTimeout(done, 3_000));
    await district.redis.comeBack();
    const run = await district.run();
    await eventually(() => bench.bell.ring(run), resumeWithinMs);
    await eventually(async () => bench.worked.includes(run.runId), resumeWithinMs);
  });

  it('does not keep a worker from ending that is in the middle of a run', async () => {
    const run = await district.run();
    await eventually(() => bench.bell.ring(run));
    await eventually(async () => bench.worked.length === 1);
    await district.redis.leave();
    expect(await secondsOf(() => bench.stop())).toBeLessThan(18);
  });

  it('is said so to whoever asks how the queue fares, and that runs go on', async () => {
    await district.redis.leave();
    expect(await queueState(district.queueAt('app'))).toEqual({
      backend: 'redis',
      warning: expect.stringMatching(/^Redis does not answer: runs are accepted/),
    });
  });
});

describe('the state of the queue', () => {
  it('warns of a Redis that may forget jobs when its memory is full, and of no other', async () => {
    const district = await opened('redis');
    try {
      const setPolicy = (policy: string) =>
        district.redis.ask((client) => client.config('SET', 'maxmemory-policy', policy));
      await setPolicy('allkeys-lru');
      const { warning } = await queueState(district.queueAt('app'));
      expect(warning).toMatch(/allkeys-lru.*set it to noeviction/);
      await setPolicy('noeviction');
      expect(await queueState(district.queueAt('app'))).toEqual({ backend: 'redis', warning: null });
    } finally {
      await district.close();
    }
  });

  it('has nothing to warn of where the queue lives in the database', async () => {
    const at = { databaseUrl: 'postgresql://nobody:wrong@127.0.0.1:1/none' };
    expect(await queueState(at)).toEqual({ backend: 'postgresql', warning: null });
  });
});
