/** The client bench: policy overhead, limiter, revalidation, token storm. Starts what it needs on loopback and leaves nothing behind. */
import { benchCommand, linesOf } from '../bench-command.js';
import { measureLimiter } from './limiter.js';
import { measureOverhead } from './overhead.js';
import { clientParts } from './parts.js';
import { measureSource } from './source-figures.js';

const usage = `npm run -s bench:client [-- --seconds N] [--json]
  --seconds   how long four processes share a limit (60)
  --json      one JSON object on standard output instead of lines`;

const flags = { seconds: { usual: 60, most: 600 } };

await benchCommand({ usage, flags }, async ({ seconds }) => {
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
  return { report, text: linesOf(report) };
});

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
