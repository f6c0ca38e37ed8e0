/**
 * `node launcher/run.mjs <script> [arguments]`: runs one of the project's own scripts under Node 24 with all development
 * dependencies installed. The script's path counts from the project's folder.
 */
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    'Rollcall needs Node 20 or newer to start and this is ' + process.version + ': install Node 24 from nodejs.org.',
  );
  process.exitCode = 10;
} else {
  import('./launch.mjs').then(function ({ launch }) {
    return launch({ mode: 'dev', script: process.argv[2] || '', args: process.argv.slice(3) });
  });
}
