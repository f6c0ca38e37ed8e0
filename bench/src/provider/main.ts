/** The provider's bench: pages at any depth, a pass of one client, filters. Brings its own PostgreSQL and leaves nothing behind. */
import { benchCommand, linesOf } from '../bench-command.js';
import { startServer } from '../throwaway-server.js';
import { measureProvider } from './measure-provider.js';
import { serveHub } from './served-hub.js';

const usage = `npm run -s bench:provider [-- --users N] [--json]
  --users   people in the hub (1000000), a school for each thousand of them
  --json    one JSON object on standard output instead of lines`;

const flags = { users: { usual: 1_000_000, least: 2_000, most: 10_000_000 } };

await benchCommand({ usage, flags }, async ({ users }, log) => {
  const server = await startServer(log);
  try {
    const hub = await serveHub(server, { users, schools: Math.max(3, Math.round(users / 1000)) }, log);
    const report = await measureProvider(hub, log).finally(() => hub.stop());
    return { report, text: linesOf(report) };
  } finally {
    await server.stop();
  }
});
