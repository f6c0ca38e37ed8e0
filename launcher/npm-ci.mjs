/**
 * Runs `npm ci` in a folder, its words on standard error, and says in one sentence why it failed. Install scripts are not
 * run at all: nothing here needs them, and npm's versions differ in which ones they allow.
 */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { accessProblem, EXIT, LaunchProblem } from './launch-problem.mjs';

export async function npmCi(folder, flags = []) {
  const began = Date.now();
  process.stderr.write('rollcall: installing dependencies; the first time takes a minute or two\n');
  const [command, ...prefix] = npmCommand();
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const { code, output } = await run(command, [...prefix, 'ci', ...flags, ...quiet], folder);
  if (code !== 0) throw reason(code, output, folder);
  process.stderr.write(`rollcall: dependencies installed in ${Math.round((Date.now() - began) / 1000)} s\n`);
}

/** Under `npm run` the same npm again, which need not be on the PATH. */
function npmCommand() {
  const current = process.env.npm_execpath ?? '';
  return basename(current) === 'npm-cli.js' ? [process.env.npm_node_execpath ?? process.execPath, current] : ['npm'];
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-20_000);
        process.stderr.write(chunk);
      });
    }
    const forward = (signal) => child.kill(signal);
    process.once('SIGINT', forward).once('SIGTERM', forward);
    child.once('error', (error) => reject(error.code === 'ENOENT' ? noNpm() : accessProblem(error, cwd)));
    child.once('close', (code, signal) => {
      process.removeListener('SIGINT', forward).removeListener('SIGTERM', forward);
      resolve({ code: signal ? 130 : code, output });
    });
  });
}

const noNpm = () =>
  new LaunchProblem(
    EXIT.noNpm,
    'npm was not found, which Rollcall needs to install its dependencies: install Node with npm from nodejs.org.',
  );

export function reason(code, output, folder) {
  const system = /\b(EACCES|EPERM|EROFS|ENOSPC|EDQUOT)\b/.exec(output);
  if (system) return accessProblem({ code: system[1] }, folder);
  if (code === 130)
    return new LaunchProblem(EXIT.install, 'The installation was interrupted: start again, it will be repeated.');
  if (/can only install .* in sync/.test(output))
    return new LaunchProblem(
      EXIT.install,
      'package.json and package-lock.json do not agree: take both from the same version of Rollcall, or run "npm install" after an edit of yours.',
    );
  if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/.test(output))
    return new LaunchProblem(
      EXIT.install,
      "npm could not reach its registry: check the network or npm's registry and proxy settings, and try again.",
    );
  return new LaunchProblem(
    EXIT.install,
    `npm could not install the dependencies (code ${code}; its own words are above): correct that and try again.`,
  );
}
