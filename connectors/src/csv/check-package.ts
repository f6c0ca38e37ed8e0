/** The report of a package: what reading it would make of it, row by row, without keeping anything. Never throws for what is in the package. */
import { entityNames } from '@rollcall/core';
import { rowReader } from '../oneroster/rows/read-rows.js';
import { defaultLimits, type Limits } from './limits.js';
import { readPackage, type SpooledPackage } from './read-package.js';
import { PackageRefused, Report, type Finding } from './report.js';
import { rules, type RuleCode } from './rules.js';

export interface CheckSettings {
  readonly path: string;
  readonly strict?: boolean;
  readonly version?: '1.1' | '1.2' | 'auto';
  readonly limits?: Limits;
}

export interface PackageReport {
  readonly accepted: boolean;
  /** The first thing that stops the reading, or for which a strict reader refuses the package. */
  readonly refusal: Finding | null;
  readonly version: string | null;
  /** Of each collection: rows, records that would be read, and whether all or only changes are in it. */
  readonly collections: Readonly<Record<string, { rows: number; records: number; mode: string }>>;
  readonly counts: { readonly catastrophic: number; readonly error: number; readonly warning: number };
  /** How often each rule was broken. */
  readonly broken: readonly { readonly code: RuleCode; readonly times: number }[];
  /** The first thousand, and at least one of each kind. */
  readonly findings: readonly Finding[];
}

/** Throws a Fault where there is nothing at the path. */
export async function checkPackage(settings: CheckSettings): Promise<PackageReport> {
  const { path, strict = false, version = 'auto', limits = defaultLimits } = settings;
  const report = new Report();
  const around = { report, signal: new AbortController().signal, random: Math.random };
  let refusal: Finding | null = null;
  let said: string | null = null;
  let collections: PackageReport['collections'] = {};
  try {
    const read = await readPackage({ path, version, strict, limits }, around);
    said = read.version;
    collections = countRecords(read, report);
    read.close();
  } catch (error) {
    if (!(error instanceof PackageRefused)) throw error;
    refusal = error.finding;
  }
  const { findings } = report;
  const counts = {
    catastrophic: report.count('catastrophic'),
    error: report.count('error'),
    warning: report.count('warning'),
  };
  const broken = [...report.counts].map(([code, times]) => ({ code, times }));
  return { accepted: refusal === null, refusal, version: said, collections, counts, broken, findings };
}

const batch = 1000;

/** Reads every row as a sync would; what it rejects is noted, unless its cause is in the report already. */
function countRecords(read: SpooledPackage, report: Report): PackageReport['collections'] {
  const readRows = rowReader([], { refusals: true });
  const counted = entityNames.map((entity) => {
    const { spool, mode } = read.collections[entity];
    const file = `${entity}.csv`;
    const known = new Set(report.findings.filter((f) => f.file === file && isError(f)).map((f) => f.row));
    let records = 0;
    for (let from = 0; from < spool.rows; from += batch) {
      const rows = JSON.parse(`[${spool.read(from, from + batch).toString('utf8')}]`) as unknown[];
      rows.forEach((row, n) => {
        const [reject] = readRows(entity, [row]).rejects;
        const place = { file, row: from + n + 2, ...(reject?.field ? { column: reject.field } : {}) };
        if (!reject) records += 1;
        else if (!known.has(place.row)) report.add('row.rejected', place, `cannot be a record: ${reject.message}`);
      });
    }
    return [entity, { rows: spool.rows, records, mode }] as const;
  });
  return Object.fromEntries(counted);
}

const isError = ({ code }: Finding): boolean => rules[code].severity === 'error';
