/**
 * Runs the tests against one throw-away PostgreSQL and ends it whatever happens. The last line on standard output is
 * "N passed, N failed, N skipped"; a run in which nothing ran is a failure, never a pass.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const full = process.argv.includes('--full');
const jestArguments = process.argv.slice(2).filter((argument) => argument !== '--full');

let interrupted = false;
let jest;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    jest?.kill(signal);
  });
}

async function main() {
  await build();
  const { startPostgres } = await import('../server/dist/config/embedded-postgres.js');
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  // PostgreSQL may run as another user (when we are root), who has to pass through this folder.
  chmodSync(folder, 0o711);
  let postgres;
  try {
    // Nothing here has to survive a power cut, and without fsync the suites take half the time.
    postgres = await startPostgres({ dataDir: folder, settings: { fsync: 'off' } });
    if (interrupted) throw new Error('Interrupted before the first test.');
    const report = join(folder, 'report.json');
    const code = await runJest(report, postgres.adminUrl);
    return summarise(report, code);
  } finally {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function runJest(report, adminUrl) {
  const command = [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--json', `--outputFile=${report}`];
  const only = full && !jestArguments.some((argument) => !argument.startsWith('-')) ? ['\\.full\\.test\\.'] : [];
  jest = spawn(process.execPath, [...command, ...only, ...jestArguments], {
    cwd: root,
    // Jest's JSON goes to the file; what people read goes to standard error.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
        .filter(Boolean)
        .join(' '),
      ROLLCALL_TEST_ADMIN_URL: adminUrl,
      ...(full ? { ROLLCALL_FULL: '1' } : {}),
    },
  });
  return new Promise((resolve, reject) => {
    jest.once('error', reject);
    jest.once('exit', (code, signal) => resolve(signal || interrupted ? 130 : code));
  });
}

/** A suite that could not even be loaded has no tests of its own to count; it counts as one failure. */
function summarise(file, code) {
  const result = readReport(file);
  if (!result) {
    console.error(`The test runner ended with code ${code} and left no report.`);
    console.log('0 passed, 1 failed, 0 skipped');
    return 1;
  }
  const { numPassedTests: passed, numPendingTests: pending, numTodoTests: todo } = result;
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const nothingRan = passed + failed === 0;
  if (nothingRan) console.error('No test ran: check the name pattern.');
  const codeAlone = code !== 0 && failed === 0 && !nothingRan;
  if (codeAlone) console.error(`All tests passed, but the test runner ended with code ${code}.`);
  const extra = nothingRan || codeAlone ? 1 : 0;
  console.log(`${passed} passed, ${failed + extra} failed, ${pending + todo} skipped`);
  return failed + extra === 0 ? 0 : 1;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

process.exitCode = await main().catch((error) => {
  console.error(error.name === 'SetupProblem' ? error.message : error);
  console.log('0 passed, 1 failed, 0 skipped');
  return 1;
});
