/** What the steps of matching share, and what they leave for the rest of planning. */
import type { MatchSettings } from '@rollcall/core';
import type { Hold } from '../../store/holds.js';
import type { Phase } from '../../store/run-entities.js';
import type { Presence } from '../../store/sql/absence.js';

/** What the rest of planning has to know. */
export interface Matched {
  /** Staged rows that end a record which has a new id now: they are nobody's any more. */
  readonly superseded: number;
  /** Holds that this run opened or renewed. */
  readonly holds: ReadonlySet<string>;
}

export interface Feed {
  readonly created: number;
  readonly phase: Phase;
  readonly presence: Presence;
  /** Whether the run reads single records. */
  readonly byId: boolean;
}

export interface Matching {
  readonly settings: MatchSettings;
  readonly feed: Feed;
  /** Open holds of this entity. */
  readonly open: readonly Hold[];
  readonly holds: Set<string>;
  /** Whether the read names everything there is, so that a hold can be renewed from it. */
  readonly whole: boolean;
}

/** Whether what was read names everything there is. */
export const isWhole = (phase: Phase, byId: boolean): boolean => phase.since === null && !byId && phase.complete;
