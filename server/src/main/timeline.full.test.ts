/**
 * A run that loses its worker, seen from outside: the story is followed at the terminal while it happens, API and command line
 * tell it in the same words, and worker and API both show their metrics on this machine.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunTimeline } from '../sync/run-timeline.js';
import { CommandLine, type Started } from './testing/command-line.js';

let rollcall: CommandLine;
let up: Started;
let followed: Promise<{ code: number | null; out: string; err: string }>;
let urls: { apiUrl: string; metricsUrl: string };

beforeAll(async () => {
  rollcall = new CommandLine();
  up = rollcall.start('up --students 300 --seed 8', { ROLLCALL_FAILPOINT: 'page.committed:4' });
  await up.says(/The worker was ended by SIGKILL/);
  followed = rollcall.run('runs timeline last --follow');
  await up.says(/Rollcall is up/);
  urls = JSON.parse(readFileSync(join(rollcall.dataDir, 'instance.json'), 'utf8')) as typeof urls;
});
afterAll(() => rollcall.close());

const text = async (url: string) => (await fetch(url)).text();

describe('a run whose worker was killed', () => {
  it('is followed to its end, line by line', async () => {
    const { code, out, err } = await followed;
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const lines = err.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} .* asked for: a full sync \(up\)$/);
    expect(err).toMatch(/ the worker died; attempt 2 went on after (\d+ min )?\d+ s\n/);
    expect(err).toMatch(/ users: \d+ read in 1 page(, [\d,]+ rows\/s)?\n/);
    expect(lines.at(-1)).toBe('It is completed after 2 attempts.');
  });

  it('is told by the API as it is by the command line', async () => {
    const { run, lines } = await rollcall.json<RunTimeline>('runs timeline last');
    expect(JSON.parse(await text(`${urls.apiUrl}/api/v1/runs/${run.id}/timeline`))).toEqual({ run, lines });
    expect(lines.at(-1)).toMatchObject({ text: 'completed', attempt: 2, kind: 'run.ended' });
  });

  it('is one that must exist', async () => {
    expect(await rollcall.run('runs timeline 01a20712-f02f-7077-9a80-ceb71d1d7ffa')).toMatchObject({
      code: 1,
      out: '',
    });
  });
});

describe('metrics', () => {
  it('of the worker tell what it did and what waits', async () => {
    const metrics = await text(urls.metricsUrl);
    expect(metrics).toContain('rollcall_run_total{mode="full",outcome="completed"} 1\n');
    expect(metrics).toContain('rollcall_queue_depth{priority="person"} 0\n');
    expect(metrics).toMatch(/rollcall_freshness_seconds\{provider="timeback",stat="max"\} \d+\n/);
    expect(metrics).toMatch(/rollcall_process_resident_memory_bytes \d{7,}\n/);
  });

  it('of the API tell how its process fares', async () => {
    expect(await text(`${urls.apiUrl}/api/v1/metrics`)).toMatch(/rollcall_pg_pool_waiting 0\n/);
  });

  it('of a worker of one’s own are where it says', async () => {
    const worker = rollcall.start('worker');
    const said = await worker.says(/metrics on (\S+)\./);
    const url = /metrics on (\S+)\. Ctrl/.exec(said)![1]!;
    expect(url).not.toBe(urls.metricsUrl);
    expect(await text(url)).toContain('rollcall_queue_depth');
  });
});
