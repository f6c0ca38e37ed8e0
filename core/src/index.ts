/** The one entry of core: what a roster is and how two versions of it meet. */
export * from './fault.js';
export * from './changes/cycles.js';
export * from './changes/limits.js';
export * from './changes/reject.js';
export * from './changes/removal.js';
export * from './roster/academic-session.js';
export * from './roster/class.js';
export * from './roster/course.js';
export * from './roster/enrollment.js';
export * from './roster/entities.js';
export * from './roster/field.js';
export * from './roster/org.js';
export * from './roster/projection.js';
export * from './roster/record.js';
export * from './roster/user.js';
export * from './runs/run-report.js';
export * from './runs/run-state.js';
