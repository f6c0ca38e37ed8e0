/** A package as its container gives it, before anything is known of OneRoster. */
import type { Readable } from 'node:stream';

export interface PackedFile {
  /** With folders, divided by slashes. */
  readonly path: string;
  readonly open: () => Promise<Readable>;
}

export interface Packed {
  readonly files: readonly PackedFile[];
  close(): void;
}
