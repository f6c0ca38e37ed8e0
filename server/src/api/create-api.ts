/**
 * The HTTP API as one Nest application on Fastify, made from parts that are wired elsewhere. It binds nothing itself; whoever
 * listens binds to loopback, and what comes from elsewhere is refused all the same.
 */
import 'reflect-metadata';
import {
  Inject,
  StandardSchemaValidationPipe,
  type OnApplicationShutdown,
  type Provider,
  type Type,
} from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IntegrationRegistry, ProviderFactory, type Log } from '@rollcall/connectors';
import { Fault } from '@rollcall/core';
import { ExternalIdMappingService } from '../mapping/external-id-mapping-service.js';
import { SignInBound } from '../provider/sign-in-bound.js';
import { Database } from '../store/database.js';
import { Roster } from '../store/roster.js';
import { Announcer } from './announcer.js';
import { AnswerInterceptor } from './answer-interceptor.js';
import { allControllers } from './all-controllers.js';
import { guardEdge, longestBody } from './edge.js';
import { serveOpenApi } from './openapi.js';
import { ProviderFilter } from './provider/provider-filter.js';
import { readTokenForms } from './provider/token-form.js';
import { ProblemFilter } from './problem-filter.js';
import { QueryGuard } from './query-guard.js';
import { refuseBareRoutes } from './refuse-bare-routes.js';
import { TenantGuard } from './tenant.js';
import {
  CHECK_NOW,
  DATA_DIR,
  LOG,
  METRICS,
  QUEUE_STATE,
  RING_BELL,
  type AskQueueState,
  type CheckNow,
  type RenderedMetrics,
  type RingBell,
} from './tokens.js';

export interface ApiParts {
  /** Of the application's role. */
  readonly db: Database;
  /** The same role, for reads through Prisma. */
  readonly appDatabaseUrl: string;
  readonly dataDir: string;
  readonly ringBell: RingBell;
  readonly queueState: AskQueueState;
  readonly checkNow: CheckNow;
  readonly mappings: ExternalIdMappingService;
  readonly signInBound: SignInBound;
  readonly registry: IntegrationRegistry;
  readonly factory: ProviderFactory;
  readonly log: Log;
  readonly metrics: RenderedMetrics;
}

/** Throws when a route lacks its permission or audit policy. Closing the application leaves `db` open: it belongs to the caller. */
export async function createApi(
  parts: ApiParts,
  controllers: readonly Type[] = allControllers,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: ApiModule,
      imports: [DiscoveryModule],
      controllers: [...controllers],
      providers: providersOf(parts),
    },
    new FastifyAdapter({ bodyLimit: longestBody, forceCloseConnections: true }),
    // Fastify alone reads JSON and nothing else; Nest would add forms, which any web page may send.
    { logger: false, abortOnError: false, bodyParser: false },
  );
  refuseBareRoutes(app);
  // OneRoster says where a provider's addresses are.
  app.setGlobalPrefix('api/v1', { exclude: ['ims/oneroster/*path'] });
  app.useGlobalGuards(app.get(QueryGuard), app.get(TenantGuard));
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: refusedInput }));
  app.useGlobalInterceptors(app.get(AnswerInterceptor));
  app.useGlobalFilters(app.get(ProblemFilter));
  guardEdge(app.getHttpAdapter().getInstance());
  readTokenForms(app.getHttpAdapter().getInstance());
  serveOpenApi(app);
  return app;
}

class ApiModule implements OnApplicationShutdown {
  constructor(@Inject(Roster) private readonly roster: Roster) {}

  async onApplicationShutdown(): Promise<void> {
    await this.roster.close();
  }
}

const providersOf = (parts: ApiParts): Provider[] => [
  { provide: Database, useValue: parts.db },
  { provide: Roster, useValue: new Roster(parts.appDatabaseUrl) },
  { provide: ExternalIdMappingService, useValue: parts.mappings },
  { provide: SignInBound, useValue: parts.signInBound },
  { provide: IntegrationRegistry, useValue: parts.registry },
  { provide: ProviderFactory, useValue: parts.factory },
  { provide: CHECK_NOW, useValue: parts.checkNow },
  { provide: DATA_DIR, useValue: parts.dataDir },
  { provide: LOG, useValue: parts.log },
  { provide: METRICS, useValue: parts.metrics },
  { provide: RING_BELL, useValue: parts.ringBell },
  { provide: QUEUE_STATE, useValue: parts.queueState },
  QueryGuard,
  TenantGuard,
  Announcer,
  AnswerInterceptor,
  ProblemFilter,
  ProviderFilter,
];

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Names at most five fields at fault. */
function refusedInput(issues: readonly Issue[]): Fault {
  const told = issues.slice(0, 5).map(({ path = [], message }) => {
    const place = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return place ? `${place}: ${message}` : message;
  });
  return new Fault('invalid_input', told.join('; '));
}
