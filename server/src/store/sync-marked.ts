/** Entities that show on themselves where they come from and what their sync did last (requirement 9.1.2d). */
import type { EntityName } from '@rollcall/core';

export const syncMarked: ReadonlySet<EntityName> = new Set(['users', 'classes', 'enrollments']);
