/**
 * The launcher's recipe: platform, dependencies, Node 24, compiled code, hand over. It writes to standard error only, and
 * whatever is missing ends it with one sentence and a code of its own.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies } from './dependencies.mjs';
import { findNode24 } from './node24.mjs';
import { handOver } from './hand-over.mjs';
import { EXIT, LaunchProblem, root } from './launch-problem.mjs';

export async function launch({ mode, script, args }) {
  try {
    requirePlatform(process.platform, process.arch);
    await ensureDependencies(root, mode);
    const node = findNode24(root);
    const file = join(root, script);
    if (isCompiled(script)) await compile(node);
    if (script === '' || !existsSync(file))
      throw new LaunchProblem(EXIT.noScript, `There is no script "${script}" in ${root}: name one that exists.`);
    process.exitCode = await handOver(node, [file, ...args]);
  } catch (error) {
    console.error(error instanceof LaunchProblem ? error.message : error);
    process.exitCode = error.exitCode ?? EXIT.unexpected;
  }
}

export function requirePlatform(platform, arch) {
  if (['linux', 'darwin'].includes(platform) && ['x64', 'arm64'].includes(arch)) return;
  throw new LaunchProblem(
    EXIT.platform,
    `Rollcall runs on Linux and macOS, x64 and arm64, and this is ${platform} ${arch}: use one of those, or WSL 2 on Windows.`,
  );
}

/** Scripts of the project compile by themselves, so that `check` can report what does not compile. */
const isCompiled = (script) => script.includes('/dist/');

async function compile(node) {
  const { build } = await import('../scripts/build.mjs');
  try {
    await build({ node });
  } catch (error) {
    if (error.exitCode) throw error;
    throw new LaunchProblem(EXIT.build, `Rollcall could not be compiled: ${String(error.message).trim()}`);
  }
}
