/**
 * `node launcher/rollcall.mjs <command>`: brings what running needs and hands over to the command line in server/.
 * Written so that even an old Node gets as far as one sentence.
 */
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    'Rollcall needs Node 20 or newer to start and this is ' + process.version + ': install Node 24 from nodejs.org.',
  );
  process.exitCode = 10;
} else {
  import('./launch.mjs').then(function ({ launch }) {
    return launch({ mode: 'run', script: 'server/dist/main/cli.js', args: process.argv.slice(2) });
  });
}
