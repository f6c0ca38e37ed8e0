/** Limits that a client can take up while it lives: never more calls at once than its pool of connections was made for. */
import type { AdjustableLimits } from '../contracts.js';

export function withinPool({ maxInFlight, ...limits }: AdjustableLimits, pool: number): AdjustableLimits {
  return maxInFlight === undefined ? limits : { ...limits, maxInFlight: Math.min(maxInFlight, pool) };
}
