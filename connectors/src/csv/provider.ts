/**
 * The roster provider of kind `oneroster-csv`. A package is read as a whole when the first page of it is asked for, and only served
 * after that: a package that must be refused is refused before anything of it was given, and one that is replaced meanwhile is not mixed.
 */
import type { EntityName, RosterRecords } from '@rollcall/core';
import type { CallContext, IRosterProvider, PageRange, RosterPage, SingleRead } from '../contracts.js';
import { unlessAborted } from '../http/unless-aborted.js';
import type { Ports } from '../ports.js';
import { SourceProvider, type OpenSource } from '../source-provider.js';
import type { OneRosterCsvConfig } from './config.js';
import { packagePath } from './inbox.js';
import { defaultLimits } from './limits.js';
import { openPackage } from './package-files.js';
import { readPackage, type SpooledPackage } from './read-package.js';
import { Report } from './report.js';
import { SpooledRoster } from './spooled-roster.js';

export function oneRosterCsvProvider(name: string, config: OneRosterCsvConfig, ports: Ports): IRosterProvider {
  const { pageSize } = config;
  return new SourceProvider({
    kind: 'oneroster-csv',
    name,
    capabilities: {
      sort: false,
      filters: [],
      dateLastModifiedFilter: false,
      pageSize,
      maxPageSize: 10_000,
      maxInFlight: 2,
    },
    clock: ports.clock,
    open: () => new PackageSource(name, config, ports),
  });
}

class PackageSource implements OpenSource {
  readonly #closing = new AbortController();
  #roster: Promise<SpooledRoster> | null = null;
  #read: SpooledPackage | null = null;
  readonly firstStep = ['open the package', async () => `${await this.#files()} OneRoster files`] as const;

  constructor(
    private readonly name: string,
    private readonly config: OneRosterCsvConfig,
    private readonly ports: Ports,
  ) {}

  async page<E extends EntityName>(
    entity: E,
    range: PageRange,
    context: CallContext,
  ): Promise<RosterPage<RosterRecords[E]>> {
    return (await this.#served(context)).page(entity, range, context);
  }

  async one<E extends EntityName>(entity: E, id: string, context: CallContext): Promise<SingleRead<RosterRecords[E]>> {
    return (await this.#served(context)).one(entity, id, context);
  }

  async health(): Promise<{ files: number }> {
    return { files: await this.#files() };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the source was closed'));
    await this.#roster?.catch(() => undefined);
    this.#read?.close();
  }

  #served({ signal }: CallContext): Promise<SpooledRoster> {
    signal.throwIfAborted();
    // The reading belongs to all who wait for it, so one caller's abort must not end it.
    this.#roster ??= this.#spooled().catch((error: unknown) => {
      this.#roster = null;
      throw error;
    });
    return unlessAborted(this.#roster, signal);
  }

  async #spooled(): Promise<SpooledRoster> {
    const { config, ports } = this;
    const report = new Report();
    const startedAt = ports.clock.now();
    this.#read = await readPackage(
      {
        ...config,
        path: await packagePath(config),
        limits: { ...defaultLimits, maxTotalBytes: config.maxTotalBytes, maxRatio: config.maxRatio },
      },
      { report, signal: this.#closing.signal, random: ports.random },
    );
    const counts = { errors: report.count('error'), warnings: report.count('warning') };
    ports.log.info('package.read', { name: this.name, ...counts, ms: ports.clock.now() - startedAt });
    return new SpooledRoster(this.#read, config);
  }

  /** Looks at the directory only. */
  async #files(): Promise<number> {
    const { config } = this;
    const files = await openPackage(await packagePath(config), { ...defaultLimits, ...config }, new Report());
    files.close();
    return files.files.size;
  }
}
