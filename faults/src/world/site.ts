/** One tenant with one integration and the sandbox behind it, and what the source has ever shown. */
import type { Integration } from '@rollcall/server/store/integrations.js';
import { mergeUniverse, type SourceSnapshot, type Universe } from '../check/source-snapshot.js';
import type { Sandbox } from './sandbox.js';

export class Site {
  readonly universe: Universe = { ids: new Map(), words: new Set() };
  /** External ids whose deactivation the trial has a reason for. */
  readonly mayBeGone = new Set<string>();

  /** Whether its hub has been in step with its source. */
  wasInStep = false;

  constructor(
    readonly tenantId: string,
    readonly integration: Integration,
    readonly sandbox: Sandbox,
  ) {}

  remember(snapshot: SourceSnapshot): void {
    mergeUniverse(this.universe, snapshot);
  }
}
