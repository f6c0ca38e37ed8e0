/**
 * Asks the source ahead for what will be asked soon, so that the first who asks waits no longer than those after. Worth it for
 * resources whose lists the client's policy keeps; what cannot be had now is left to whoever asks for it.
 */
import type { CallContext } from '../../contracts.js';
import type { ResourceName } from './resources.js';
import type { ListQuery, TimeBackApiClient } from './timeback-api-client.js';

export interface Warmed {
  readonly of: ResourceName;
  /** Null when the source failed; it will be asked again by the first who needs it. */
  readonly rows: number | null;
}

/** `query` has to be the one that readers will use. One at a time, behind everything else. Throws only the signal's reason. */
export async function warmCache(
  client: Pick<TimeBackApiClient, 'list'>,
  what: readonly { readonly of: ResourceName; readonly query: ListQuery }[],
  context: CallContext,
): Promise<Warmed[]> {
  const warmed: Warmed[] = [];
  for (const { of, query } of what) {
    context.signal.throwIfAborted();
    const page = await client.list(of, query, context).catch(() => null);
    warmed.push({ of, rows: page && page.rows.length });
  }
  context.signal.throwIfAborted();
  return warmed;
}
