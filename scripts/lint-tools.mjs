/** The tools of `npm run check`, a package of their own in tools/lint, installed by whoever first needs them. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../launcher/dependencies.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'tools', 'lint');

/** Installs what is missing and returns, for a tool's name, the script that node runs. */
export async function lintTools() {
  await ensureDependencies(folder, 'dev');
  return (packageName, command = packageName) => {
    const home = join(folder, 'node_modules', packageName);
    const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    return join(home, typeof bin === 'string' ? bin : bin[command]);
  };
}
