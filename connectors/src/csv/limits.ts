/** What a package may be at most, before and while it is unpacked. Source of the defaults: OneRoster's 21 files, and districts of a million enrolments. */
export interface Limits {
  readonly maxEntries: number;
  /** Of all files together, unpacked. */
  readonly maxTotalBytes: number;
  /** Unpacked to packed, of a file and of the whole. */
  readonly maxRatio: number;
  /** Of one record; a line without an end, or a quote that nobody closes. */
  readonly maxRecordBytes: number;
}

export const defaultLimits: Limits = {
  maxEntries: 64,
  maxTotalBytes: 2 * 1024 ** 3,
  maxRatio: 200,
  maxRecordBytes: 256 * 1024,
};
