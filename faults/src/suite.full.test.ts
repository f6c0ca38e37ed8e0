/**
 * The whole suite as a program: every fault, on both queues, breaks no promise; what once failed is tried again by its seed; and
 * killed workers' runs go on within 15 seconds.
 */
import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FaultReport } from './runner/fault-report.js';
import { faultNames } from './scenarios/catalogue.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const regressions = JSON.parse(readFileSync(new URL('../regressions.json', import.meta.url), 'utf8')) as {
  readonly fault: string;
  readonly seed: number;
  readonly backend: string;
  readonly why: string;
}[];

function run(...flags: string[]): Promise<{ code: number | null; out: string; err: string }> {
  // A server of its own, with room for all the lanes.
  const env = { ...process.env, NODE_OPTIONS: '', ROLLCALL_TEST_ADMIN_URL: '' };
  return new Promise((done) => {
    const child = execFile(process.execPath, [program, ...flags], { env, maxBuffer: 64 << 20 }, (_error, out, err) =>
      done({ code: child.exitCode, out, err }),
    );
  });
}

/** The program is there within half a second; where it takes more, so does everything. */
async function slowness(): Promise<number> {
  const begun = performance.now();
  await run('--only', 'F99');
  return Math.max(1, (performance.now() - begun) / 500);
}

describe('npm run faults', () => {
  it('breaks no promise, whatever goes wrong, on both queues', async () => {
    const { code, out } = await run('--runs', String(2 * faultNames.length), '--seed', '20261123', '--json');
    const report = JSON.parse(out) as FaultReport;
    expect({ code, failures: report.failures }).toEqual({ code: 0, failures: [] });
    expect(report).toMatchObject({ runs: 2 * faultNames.length, lost: 0, doubled: 0, foreign: 0, stuck: 0 });
    expect(Object.keys(report.byFault)).toEqual(faultNames);
    for (const fault of faultNames) expect(report.byFault[fault]).toEqual({ runs: 2, violations: 0 });
    expect(report.resumeSeconds.trials).toBeGreaterThan(0);
    expect(report.resumeSeconds.p99).toBeLessThanOrEqual(15 * (await slowness()));
  }, 900_000);

  it.each(regressions)(
    '$fault on $backend with seed $seed stays mended: $why',
    async ({ fault, seed, backend }) => {
      const { code, out } = await run(
        '--runs',
        '1',
        '--seed',
        String(seed),
        '--only',
        fault,
        '--backend',
        backend,
        '--json',
      );
      expect({ code, failures: (JSON.parse(out) as FaultReport).failures }).toEqual({ code: 0, failures: [] });
    },
    180_000,
  );

  it.each([
    ['--only F99', 'There is no fault F99'],
    ['--runs none', '--runs must be a whole number'],
    ['--backend kafka', '--backend must be'],
  ])('refuses %s with a sentence and code 2', async (flags, sentence) => {
    const { code, err, out } = await run(...flags.split(' '));
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(sentence) });
  });
});
