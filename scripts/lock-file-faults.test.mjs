/** A lock file that would break `npm ci` on another machine, or that names a registry, is named as faulty. */
import { expect, test } from '@jest/globals';
import { lockFileFaults } from './lock-file-faults.mjs';

const names = ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64'];
const native = (locked) => ({
  packages: {
    '': {},
    'node_modules/fast': {
      version: '1.0.0',
      optionalDependencies: Object.fromEntries(names.map((name) => [`@fast/core-${name}`, '1.0.0'])),
    },
    ...Object.fromEntries(locked.map((name) => [`node_modules/@fast/core-${name}`, { version: '1.0.0' }])),
  },
});

test('accepts a native package that is locked for all four platforms', () => {
  expect(lockFileFaults(native(names))).toEqual([]);
});

test.each(names)('names a native package whose %s part is not locked', (missing) => {
  const faults = lockFileFaults(native(names.filter((name) => name !== missing)));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(missing.replace('-gnu', '').replace('-', ' '));
});

test('names an address of a registry, but not the folder of a workspace', () => {
  const faults = lockFileFaults({
    packages: {
      'node_modules/core': { resolved: 'core', link: true },
      'node_modules/zod': { resolved: 'https://registry.example/zod.tgz' },
    },
  });
  expect(faults).toEqual([expect.stringContaining('node_modules/zod names a registry address')]);
});
