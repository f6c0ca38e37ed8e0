/**
 * Starts the sandbox on loopback and prints one JSON line when it listens. Ends with 0 on SIGTERM or SIGINT, 2 for bad flags,
 * 3 when the port is taken, 1 for anything else.
 */
import { FlagError, readFlags, USAGE } from './flags.js';
import type { AddressInfo } from 'node:net';
import { createSandboxServer } from './server.js';

function fail(code: number, sentence: string): never {
  console.error(`timeback-sandbox: ${sentence}`);
  process.exit(code);
}

function flags() {
  try {
    return readFlags(process.argv.slice(2));
  } catch (error) {
    if (error instanceof FlagError) fail(2, `${error.message.replace(/\.$/, '')}. Try --help.`);
    throw error;
  }
}

const { help, port, settings } = flags();
if (help) {
  console.log(USAGE);
} else {
  const server = createSandboxServer(settings);
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') fail(3, `Port ${port} is taken; choose another with --port, or 0 for a free one.`);
    if (error.code === 'EACCES') fail(3, `Port ${port} may not be used by this user; choose one above 1023.`);
    fail(1, `Cannot listen: ${error.message}.`);
  });
  server.listen(port, '127.0.0.1', () => {
    const { port: actual } = server.address() as AddressInfo;
    console.log(JSON.stringify({ ready: true, port: actual, baseUrl: `http://127.0.0.1:${actual}` }));
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}
