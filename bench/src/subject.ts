/** What is measured: a subject is prepared, then works once, timed, in a process of its own. */
export const phases = ['firstLoad', 'unchanged', 'changed'] as const;
export type Phase = (typeof phases)[number];
/** What only the product does. */
export type ProductPhase = Phase | 'incremental' | 'undo' | 'exportPackage';

export const subjectNames = ['product', 'floor', 'batchedUpsert', 'rowOrm'] as const;
export type SubjectName = (typeof subjectNames)[number];

export interface Task {
  readonly subject: SubjectName;
  readonly phase: ProductPhase;
  readonly sandboxUrl: string;
  readonly databaseUrl: string;
  /** Rows that a sampling subject takes. */
  readonly sample: number;
  /** A OneRoster package: what is loaded instead of the sandbox's district, or what is written. */
  readonly packagePath?: string;
}

export interface Subject {
  /** Returns the rows it has dealt with. What happens here is timed, from the first request to the last commit. */
  work(): Promise<number>;
  close(): Promise<void>;
}

export interface Measured {
  readonly seconds: number;
  readonly rows: number;
  readonly peakRssMb: number;
  /** Milliseconds for each step, where the subject tells. */
  readonly steps?: Readonly<Record<string, number>>;
}
