/**
 * The synchronizers: one for each roster entity, all with the same steps. A further entity type is one more row of core's
 * table and one more class here; what is special about an entity stands in its class.
 */
import { entityNamed, type Entity } from '@rollcall/core';
import { applyEntity } from './apply.js';
import { fetchEntity } from './fetch.js';
import { fetchRecords } from './fetch-records.js';
import { planDecision } from './plan-decision.js';
import { planEntity } from './plan.js';
import type { RunContext } from './run-context.js';
import { verifyEntity } from './verify.js';

/** Each step may be repeated: what an earlier attempt has done is found in the database and not done again. */
export abstract class Synchronizer {
  protected constructor(readonly entity: Entity) {}

  fetch(context: RunContext): Promise<void> {
    return context.run.mode === 'records' ? fetchRecords(context, this.entity) : fetchEntity(context, this.entity);
  }
  plan(context: RunContext): Promise<void> {
    return planEntity(context, this.entity);
  }
  decide(context: RunContext): Promise<void> {
    return planDecision(context, this.entity);
  }
  apply(context: RunContext): Promise<void> {
    return applyEntity(context, this.entity);
  }
  verify(context: RunContext): Promise<void> {
    return verifyEntity(context, this.entity);
  }
}

export class OrgSynchronizer extends Synchronizer {
  constructor() {
    super(entityNamed('orgs'));
  }
}

export class AcademicSessionSynchronizer extends Synchronizer {
  constructor() {
    super(entityNamed('academicSessions'));
  }
}

export class CourseSynchronizer extends Synchronizer {
  constructor() {
    super(entityNamed('courses'));
  }
}

export class UserSynchronizer extends Synchronizer {
  constructor() {
    super(entityNamed('users'));
  }
}

export class ClassSynchronizer extends Synchronizer {
  constructor() {
    super(entityNamed('classes'));
  }
}

export class EnrollmentSynchronizer extends Synchronizer {
  constructor() {
    super(entityNamed('enrollments'));
  }
}

/** In dependency order. */
export const synchronizers: readonly Synchronizer[] = [
  new OrgSynchronizer(),
  new AcademicSessionSynchronizer(),
  new CourseSynchronizer(),
  new UserSynchronizer(),
  new ClassSynchronizer(),
  new EnrollmentSynchronizer(),
];
