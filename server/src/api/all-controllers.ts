/** Every controller of the API. A new noun is one more line here. */
import type { Type } from '@nestjs/common';
import { HealthController } from './health/health-controller.js';
import { HoldDecisionsController } from './holds/hold-decisions-controller.js';
import { HoldsController } from './holds/holds-controller.js';
import { IntegrationPausesController } from './integrations/integration-pauses-controller.js';
import { IntegrationReadingController } from './integrations/integration-reading-controller.js';
import { IntegrationsController } from './integrations/integrations-controller.js';
import { DeadLettersController } from './dead-letters/dead-letters-controller.js';
import { LetterActionsController } from './dead-letters/letter-actions-controller.js';
import { CalendarController } from './limits/calendar-controller.js';
import { LimitsController } from './limits/limits-controller.js';
import { RunLimitsController } from './limits/run-limits-controller.js';
import { MetricsController } from './metrics/metrics-controller.js';
import { ProviderController } from './provider/provider-controller.js';
import { rosterControllers } from './roster/roster-controllers.js';
import { RunChangesController } from './runs/run-changes-controller.js';
import { RunCancelController } from './runs/run-cancel-controller.js';
import { RunTimelineController } from './runs/run-timeline-controller.js';
import { RunsController } from './runs/runs-controller.js';
import { SchedulesController } from './schedules/schedules-controller.js';

export const allControllers: readonly Type[] = [
  HealthController,
  RunsController,
  RunTimelineController,
  RunChangesController,
  RunCancelController,
  HoldsController,
  HoldDecisionsController,
  IntegrationsController,
  IntegrationPausesController,
  IntegrationReadingController,
  SchedulesController,
  DeadLettersController,
  LetterActionsController,
  LimitsController,
  RunLimitsController,
  CalendarController,
  ...rosterControllers,
  MetricsController,
  ProviderController,
];
