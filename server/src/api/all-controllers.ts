/** Every controller of the API. A new noun is one more line here. */
import type { Type } from '@nestjs/common';
import { ExportController } from './export/export-controller.js';
import { HealthController } from './health/health-controller.js';
import { HoldDecisionsController } from './holds/hold-decisions-controller.js';
import { HoldsController } from './holds/holds-controller.js';
import { IntegrationMatchingController } from './integrations/integration-matching-controller.js';
import { IntegrationCacheController } from './integrations/integration-cache-controller.js';
import { IntegrationConfigurationController } from './integrations/integration-configuration-controller.js';
import {
  IntegrationHealthController,
  IntegrationsHealthController,
} from './integrations/integration-health-controller.js';
import { IntegrationPausesController } from './integrations/integration-pauses-controller.js';
import { IntegrationRankController } from './integrations/integration-rank-controller.js';
import { IntegrationUploadsController } from './integrations/integration-uploads-controller.js';
import { IntegrationReadingController } from './integrations/integration-reading-controller.js';
import { IntegrationsController } from './integrations/integrations-controller.js';
import { DeadLettersController } from './dead-letters/dead-letters-controller.js';
import { LetterActionsController } from './dead-letters/letter-actions-controller.js';
import { CalendarController } from './limits/calendar-controller.js';
import { LimitsController } from './limits/limits-controller.js';
import { RunLimitsController } from './limits/run-limits-controller.js';
import { MappingChecksController } from './mappings/mapping-checks-controller.js';
import { MappingTransferController } from './mappings/mapping-transfer-controller.js';
import { MappingsController } from './mappings/mappings-controller.js';
import { RecordMappingsController } from './mappings/record-mappings-controller.js';
import { SourcesController } from './mappings/sources-controller.js';
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
  IntegrationHealthController,
  IntegrationsHealthController,
  IntegrationConfigurationController,
  IntegrationCacheController,
  IntegrationPausesController,
  IntegrationReadingController,
  IntegrationRankController,
  IntegrationMatchingController,
  IntegrationUploadsController,
  SchedulesController,
  DeadLettersController,
  LetterActionsController,
  LimitsController,
  RunLimitsController,
  CalendarController,
  MappingTransferController,
  MappingChecksController,
  MappingsController,
  RecordMappingsController,
  SourcesController,
  ...rosterControllers,
  ExportController,
  MetricsController,
  ProviderController,
];
