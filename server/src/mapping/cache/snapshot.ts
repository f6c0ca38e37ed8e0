/** PostgreSQL's snapshots as text, and whether one could see what a transaction had done. */

export interface Snapshot {
  /** Every transaction below had ended. */
  readonly xmin: number;
  /** No transaction from here on had. */
  readonly xmax: number;
  /** Those between that had not. */
  readonly running: ReadonlySet<number>;
}

/** Null for what is no snapshot: it comes from a cache that others write to. */
export function readSnapshot(text: unknown): Snapshot | null {
  const [, xmin, xmax, list = ''] = (typeof text === 'string' && /^(\d+):(\d+):([\d,]*)$/.exec(text)) || [];
  if (xmin === undefined || xmax === undefined) return null;
  return { xmin: Number(xmin), xmax: Number(xmax), running: new Set(list === '' ? [] : list.split(',').map(Number)) };
}

export const couldSee = ({ xmin, xmax, running }: Snapshot, xid: number): boolean =>
  xid < xmin || (xid < xmax && !running.has(xid));
