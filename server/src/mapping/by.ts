/** Who changes a mapping, and why: both stay in the audit trail. */
export interface By {
  readonly actor: string;
  readonly reason: string;
}
