/**
 * What is wrong with a package-lock.json: a native package that `npm ci` would miss on another machine (npm/cli#9846), or
 * the address of somebody's registry.
 */

/** Packages that exist for Linux only; elsewhere the launcher asks for an installed Node. */
const LINUX_ONLY = ['node'];
const PLATFORMS = ['linux x64', 'linux arm64', 'darwin x64', 'darwin arm64'];

export function lockFileFaults(lock) {
  const packages = Object.entries(lock.packages ?? {});
  return [
    ...packages.flatMap(([path, entry]) => addressFaults(path, entry)),
    ...packages.flatMap(([path, entry]) => platformFaults(path, entry, lock.packages)),
  ];
}

function addressFaults(path, { resolved, link }) {
  if (!resolved || link) return [];
  return [`${path} names a registry address: lock with "npm install --omit-lockfile-registry-resolved".`];
}

function platformFaults(path, entry, packages) {
  const families = new Map();
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    const parts = /^(.*?)[-_](linux|darwin)[-_](x64|arm64)([-_](gnu|glibc|musl))?$/.exec(name);
    if (!parts) continue;
    const [, family, system, processor] = parts;
    const found = families.get(family) ?? new Set();
    if (locked(path, name, packages)) found.add(`${system} ${processor}`);
    families.set(family, found);
  }
  return [...families].flatMap(([family, found]) =>
    PLATFORMS.filter((platform) => !found.has(platform))
      .filter((platform) => !(LINUX_ONLY.includes(family) && platform.startsWith('darwin')))
      .map((platform) => `${path || 'the project'} needs ${family} for ${platform}, which the lock file lacks.`),
  );
}

/** An optional package lies beside its owner or anywhere above it. */
function locked(owner, name, packages) {
  const isEntry = (prefix) => Boolean(packages[`${prefix}node_modules/${name}`]);
  if (isEntry('') || isEntry(`${owner}/`)) return true;
  const above = owner.lastIndexOf('/node_modules/');
  return above > 0 && locked(owner.slice(0, above), name, packages);
}
