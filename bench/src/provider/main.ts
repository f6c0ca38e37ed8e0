/** The provider's bench: pages at any depth, a pass of one client, filters. Brings its own PostgreSQL and leaves nothing behind. */
import { parseArgs } from 'node:util';
import { endChildren } from '../child-process.js';
import { startServer } from '../throwaway-server.js';
import { measureProvider } from './measure-provider.js';
import { serveHub } from './served-hub.js';

const usage = `npm run -s bench:provider [-- --users N] [--json]
  --users   people in the hub (1000000), a school for each thousand of them
  --json    one JSON object on standard output instead of lines`;

const log = (line: string): void => console.error(line);
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    interrupted = true;
    endChildren();
  });

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const users = Number(values.users);

if (values.help) console.log(usage);
else if (!Number.isInteger(users) || users < 2000 || users > 10_000_000) {
  console.error(`--users is a whole number from 2000 to 10000000.\n${usage}`);
  process.exitCode = 2;
} else
  await bench().catch((error: unknown) => {
    process.exitCode = interrupted ? 130 : 1;
    console.error(interrupted ? 'bench: interrupted' : error);
  });

async function bench(): Promise<void> {
  const server = await startServer(log);
  try {
    const hub = await serveHub(server, { users, schools: Math.max(3, Math.round(users / 1000)) }, log);
    const report = await measureProvider(hub, log).finally(() => hub.stop());
    if (values.json) console.log(JSON.stringify(report));
    else for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(20)}${JSON.stringify(value)}`);
  } finally {
    await server.stop();
  }
}
