/** The client bench: policy overhead, limiter, revalidation, token storm. Starts what it needs on loopback and leaves nothing behind. */
import { parseArgs } from 'node:util';
import { endChildren } from '../child-process.js';
import { measureLimiter } from './limiter.js';
import { measureOverhead } from './overhead.js';
import { clientParts } from './parts.js';
import { measureSource } from './source-figures.js';

const usage = `npm run -s bench:client [-- --seconds N] [--json]
  --seconds   how long four processes share a limit (60)
  --json      one JSON object on standard output instead of lines`;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endChildren);

try {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, help: { type: 'boolean' }, seconds: { type: 'string', default: '60' } },
  });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600)
    throw new TypeError('--seconds must be a whole number from 1 to 600.');
  if (values.help) console.log(usage);
  else await bench(seconds, values.json ?? false);
} catch (error) {
  endChildren();
  const isFlag = error instanceof TypeError;
  console.error(isFlag ? `${error.message} Try --help.` : error);
  process.exitCode = isFlag ? 2 : 1;
}

async function bench(seconds: number, asJson: boolean): Promise<void> {
  const parts = await clientParts();
  const overhead = await measureOverhead(parts);
  const limiter = await measureLimiter(parts, seconds);
  const source = await measureSource(parts);
  const report = {
    overheadPercent: rounded(overhead.overheadPercent, 1),
    overheadP50Ms: rounded(overhead.overheadP50Ms, 3),
    limiterPerSecond: Math.round(limiter.limiterPerSecond),
    limiterOvershoot: limiter.limiterOvershoot,
    notModifiedSpeedup: rounded(source.notModifiedSpeedup, 1),
    tokenRequestsFor50Unauthorised: source.tokenRequestsFor50Unauthorised,
  };
  if (asJson) console.log(JSON.stringify(report));
  else for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(32)}${value}`);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
