/**
 * Brings an instance up, in order: folder, database, sandbox, integration, worker, API; and takes it down in the opposite order.
 * What fails in the middle takes down what was started before it.
 */
import { dataFolder } from '../../config/data-folder.js';
import { lockFolder } from '../../config/folder-lock.js';
import { startProcess, type StartedProcess } from '../../config/processes.js';
import { readSettings, Settings } from '../../config/settings.js';
import { ensureTenant, type Tenant } from '../../store/tenants.js';
import type { QueueAddress } from '../../jobs/queue-backend.js';
import type { DatabaseUrls } from '../../store/provision.js';
import type { Integration } from '../../store/integrations.js';
import { openDatabase } from '../open-database.js';
import type { Rollcall, Surroundings } from '../surroundings.js';
import { choosePort } from './choose-port.js';
import { cleanUpAfterCrash, InstanceBook } from './instance-book.js';
import { keepPostgres } from './kept-postgres.js';
import { keepProcess, type KeptProcess } from './kept-process.js';
import { joinSandbox, rememberedPort, type SandboxPair } from './sandbox-integration.js';

export interface Instance {
  readonly rollcall: Rollcall;
  readonly urls: DatabaseUrls;
  readonly queueAt: QueueAddress;
  readonly tenant: Tenant;
  readonly integration: Integration;
  readonly sandboxUrl: string;
  /** The worker's. */
  readonly metricsUrl: string;
  /** Resolves when the API answers. The first sync need not wait for it. */
  readonly apiUrl: Promise<string>;
}

type Undo = () => Promise<void> | void;

export class BringUp {
  readonly #undo: Undo[] = [];
  readonly #settings: Settings;
  readonly #say: (sentence: string) => void;

  constructor(
    private readonly at: Surroundings,
    say: (sentence: string) => void,
  ) {
    this.#settings = readSettings(at.env);
    // What ends while we end it is no news.
    this.#say = (sentence) => void (this.at.stop.aborted || say(sentence));
  }

  async up(pair: SandboxPair): Promise<Instance> {
    const dataDir = dataFolder(this.#settings);
    const unlock = lockFolder(dataDir);
    this.#undo.push(unlock);
    const left = await cleanUpAfterCrash(dataDir);
    if (left > 0) this.#say(`Ended ${left} processes that an earlier instance had left behind.`);
    const adminUrl = await this.#database(dataDir);
    this.#goOn();
    const urls = await openDatabase(adminUrl);
    this.#goOn();
    const book = new InstanceBook(dataDir, adminUrl);
    book.write();
    this.#undo.push(() => book.clear());
    const rollcall = this.#compose(urls, dataDir);
    const worker = this.#worker(book, dataDir, urls);
    worker.catch(() => undefined);
    const apiUrl = this.#api(book, dataDir, urls);
    apiUrl.catch(() => undefined); // whoever awaits it hears of it
    const tenant = await ensureTenant(rollcall.db, 'default');
    const sandboxUrl = await this.#sandbox(book, dataDir, pair, await rememberedPort(rollcall.db, tenant.id, pair));
    const integration = await joinSandbox(rollcall.db, { tenantId: tenant.id, dataDir, pair, sandboxUrl });
    const metricsUrl = await worker;
    this.#goOn();
    const queueAt = { databaseUrl: urls.app, redisUrl: this.#settings.redisUrl };
    return { rollcall, urls, queueAt, tenant, integration, sandboxUrl, metricsUrl, apiUrl };
  }

  /** Safe to call at any time, also while something is still starting. */
  async down(): Promise<void> {
    for (const undo of this.#undo.splice(0).toReversed())
      await Promise.resolve(undo()).catch((error: Error) => this.#say(error.message));
  }

  async #database(dataDir: string): Promise<string> {
    const { databaseUrl, databasePort } = this.#settings;
    if (databaseUrl) return databaseUrl;
    const options = { dataDir, ...(databasePort ? { port: databasePort } : {}) };
    const postgres = await keepPostgres(options, this.at.clock, this.#say);
    this.#undo.push(() => postgres.stop());
    return postgres.adminUrl;
  }

  #compose(urls: DatabaseUrls, dataDir: string): Rollcall {
    const { env } = this.at;
    const logFile = `${dataDir}/logs/up.log`;
    const options = {
      processName: 'up',
      databaseUrl: urls.app,
      connections: 3,
      dataDir,
      logFile,
      logLevel: this.#settings.logLevel,
    };
    const rollcall = this.at.compose({ ...options, env });
    this.#undo.push(() => rollcall.close());
    return rollcall;
  }

  /** Where its metrics are. */
  async #worker(book: InstanceBook, dataDir: string, urls: DatabaseUrls): Promise<string> {
    const fallback = Settings.parse({}).metricsPort;
    const setting = this.#settings.metricsPort;
    const wish = { what: "worker's metrics", variable: 'ROLLCALL_METRICS_PORT', setting, fallback };
    const port = await choosePort(wish);
    this.#goOn();
    const env = {
      ROLLCALL_WORKER_DATABASE_URL: urls.worker,
      ROLLCALL_DATA_DIR: dataDir,
      ROLLCALL_METRICS_PORT: String(port),
    };
    // A failpoint is for one death, not for each life after it.
    const start = (first: boolean) =>
      startProcess('worker', process.execPath, [...nodeFlags, this.at.programs.worker], {
        dataDir,
        env: first ? env : { ...env, ROLLCALL_FAILPOINT: '' },
      });
    const metricsUrl = `http://127.0.0.1:${port}/metrics`;
    await this.#keep(book, 'worker', start, { metricsUrl });
    return metricsUrl;
  }

  async #api(book: InstanceBook, dataDir: string, urls: DatabaseUrls): Promise<string> {
    const fallback = Settings.parse({}).apiPort;
    const port = await choosePort({
      what: 'API',
      variable: 'ROLLCALL_API_PORT',
      setting: this.#settings.apiPort,
      fallback,
    });
    const env = { ROLLCALL_APP_DATABASE_URL: urls.app, ROLLCALL_DATA_DIR: dataDir, ROLLCALL_API_PORT: String(port) };
    const start = () => startProcess('api', process.execPath, [...nodeFlags, this.at.programs.api], { dataDir, env });
    const apiUrl = `http://127.0.0.1:${port}`;
    await this.#keep(book, 'api', start, { apiUrl });
    return apiUrl;
  }

  async #sandbox(book: InstanceBook, dataDir: string, pair: SandboxPair, remembered: number | null): Promise<string> {
    const fallback = Settings.parse({}).sandboxPort;
    const wish = { what: 'sandbox', variable: 'ROLLCALL_SANDBOX_PORT', setting: this.#settings.sandboxPort, fallback };
    const port = await choosePort(wish, remembered);
    const { students, seed } = pair;
    const flags = ['--port', port, '--students', students, '--seed', seed].map(String);
    const start = () => startProcess('sandbox', process.execPath, [this.at.programs.sandbox, ...flags], { dataDir });
    const sandboxUrl = `http://127.0.0.1:${port}`;
    await this.#keep(book, 'sandbox', start, { sandboxUrl });
    return sandboxUrl;
  }

  /** The undo is there before the start is over, so that an interrupted start leaves nothing behind. */
  #keep(
    book: InstanceBook,
    name: string,
    start: (first: boolean) => Promise<StartedProcess>,
    addresses: { apiUrl?: string; sandboxUrl?: string; metricsUrl?: string } = {},
  ): Promise<KeptProcess> {
    const keeping = { clock: this.at.clock, onEvent: this.#say, onStart: () => book.write() };
    const kept = keepProcess(name, start, keeping).then((process) => {
      book.add(process, addresses);
      return process;
    });
    kept.catch(() => undefined); // the one who awaits it hears of it
    this.#undo.push(() =>
      kept.then(
        (process) => process.stop(),
        () => undefined,
      ),
    );
    return kept;
  }

  #goOn(): void {
    if (this.at.stop.aborted) throw new DOMException('the command is to end', 'AbortError');
  }
}

const nodeFlags = ['--enable-source-maps'] as const;
