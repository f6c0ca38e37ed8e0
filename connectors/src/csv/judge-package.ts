/** Whether a package would be read, and whether it names changes only: what a source is asked before a package is taken from somebody. */
import { entityNames } from '@rollcall/core';
import type { OneRosterCsvConfig } from './config.js';
import { defaultLimits } from './limits.js';
import { readPackage } from './read-package.js';
import { Report } from './report.js';

export interface JudgedPackage {
  readonly version: string;
  /** Whether nothing follows from what it does not name. */
  readonly changesOnly: boolean;
  readonly rows: number;
  readonly errors: number;
  readonly warnings: number;
}

/** Throws a PackageRefused, a Fault where there is nothing at the path, or the signal's reason. */
export async function judgePackage(
  path: string,
  settings: Pick<OneRosterCsvConfig, 'version' | 'strict' | 'maxTotalBytes' | 'maxRatio'>,
  signal: AbortSignal,
): Promise<JudgedPackage> {
  const { version, strict, maxTotalBytes, maxRatio } = settings;
  const report = new Report();
  const limits = { ...defaultLimits, maxTotalBytes, maxRatio };
  const read = await readPackage({ path, version, strict, limits }, { report, signal, random: Math.random });
  try {
    const collections = entityNames.map((name) => read.collections[name]);
    return {
      version: read.version,
      changesOnly: collections.some(({ mode }) => mode === 'delta'),
      rows: collections.reduce((sum, { spool }) => sum + spool.rows, 0),
      errors: report.count('error'),
      warnings: report.count('warning'),
    };
  } finally {
    read.close();
  }
}
