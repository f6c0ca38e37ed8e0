/**
 * The fault suite: seeded trials of everything that can go wrong around a sync, on both queues, each checked by an oracle that reads
 * the source for itself. Progress goes to standard error, the result to standard output; a violation is exit code 1.
 */
import { FlagProblem, readFlags, usage, type Flags } from './flags.js';
import { asTable, faultReport, type Verdict } from './runner/fault-report.js';
import { commandOf, planTrials } from './runner/plan-trials.js';
import { runSuite } from './runner/run-suite.js';

const log = (line: string): void => console.error(line);
const interrupted = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (!interrupted.signal.aborted) log('faults: interrupted; ending the trials that are under way');
    interrupted.abort();
  });

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) console.log(usage);
  else {
    const verdicts = await faults(flags);
    const report = faultReport(flags.seed, verdicts);
    console.log(flags.json ? JSON.stringify(report, null, 2) : asTable(report, verdicts));
    process.exitCode = interrupted.signal.aborted ? 130 : report.failures.length > 0 ? 1 : 0;
  }
} catch (error) {
  process.exitCode = interrupted.signal.aborted ? 130 : error instanceof FlagProblem ? 2 : 1;
  log(error instanceof FlagProblem ? error.message : String((error as Error).stack ?? error));
}
// A client of Redis or PostgreSQL that was cut off may keep a timer; nothing of ours is under way any more.
process.exit();

async function faults(flags: Flags): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const begun = performance.now();
  const trials = planTrials(flags);
  log(
    `faults: ${trials.length} trials of ${flags.only.length} faults on ${flags.backends.join(' and ')}, seed ${flags.seed}`,
  );
  await runSuite(trials, {
    backends: flags.backends,
    seed: flags.seed,
    stop: interrupted.signal,
    onVerdict(verdict) {
      verdicts.push(verdict);
      if (verdict.violations.length > 0) tell(verdict);
      const seconds = Math.round((performance.now() - begun) / 1000);
      if (verdicts.length % 20 === 0) log(`faults: ${verdicts.length} of ${trials.length} trials, ${seconds} s`);
    },
  });
  return verdicts;
}

function tell({ trial, violations }: Verdict): void {
  log(`faults: ${trial.fault} on ${trial.backend} broke ${violations.length} promises; again: ${commandOf(trial)}`);
  for (const { promise, what } of violations.slice(0, 5)) log(`  ${promise}: ${what}`);
}
