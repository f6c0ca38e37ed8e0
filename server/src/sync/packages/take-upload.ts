/**
 * Takes a package that somebody sends for an integration: kept beside, judged as its sync would judge it, and only then put where the
 * run that is asked for reads it. What is refused, or comes while a run is under way, changes nothing; the same package twice is one run.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Fault } from '@rollcall/core';
import {
  judgePackage,
  oneRosterCsvConfigSchema,
  PackageRefused,
  type JudgedPackage,
  type OneRosterCsvConfig,
} from '@rollcall/connectors';
import { writeAudit } from '../../store/audit.js';
import type { Database } from '../../store/database.js';
import { keepPackage, lastPackage } from '../../store/integration-packages.js';
import { findIntegration, type Integration } from '../../store/integrations.js';
import { refusePaused } from '../../store/integration-pauses.js';
import { takeTurn } from '../make-way.js';
import { requestRunWithin } from '../request-run.js';
import { receiveFile, type ReceivedFile } from './receive-file.js';
import { uploadFolder } from './uploads.js';

export interface Upload {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  readonly content: Readable;
  readonly dataDir: string;
  readonly trigger: 'api' | 'manual';
  readonly actor: string;
  readonly signal: AbortSignal;
}

export interface TakenUpload extends ReceivedFile {
  readonly runId: string;
  /** False when this very package was the last one taken: its run is named. */
  readonly created: boolean;
  /** Null for a package that was known. */
  readonly judged: JudgedPackage | null;
}

/** Throws Fault not_found, wrong_state, invalid_input, busy or integration_paused. */
export async function takeUpload(db: Database, upload: Upload): Promise<TakenUpload> {
  const { tenantId, dataDir, content, signal } = upload;
  const integration = await db.withTenant(tenantId, async (tx) => {
    const found = await findIntegration(tx, tenantId, upload.integration);
    await refusePaused(tx, { tenantId, integrationId: found.id });
    return found;
  });
  const settings = settingsOf(integration);
  const folder = uploadFolder(dataDir, settings);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const part = join(folder, `.${randomUUID()}.part`);
  try {
    const received = await receiveFile(content, part, settings.maxTotalBytes);
    const known = await db.withTenant(tenantId, (tx) => lastPackage(tx, { tenantId, integrationId: integration.id }));
    if (known?.digest === received.digest && !isLost(known.runState))
      return { ...received, runId: known.runId, created: false, judged: null };
    const judged = await judge(part, settings, signal);
    const path = join(folder, `${received.digest}.zip`);
    const runId = await requested(db, upload, integration, received, () => putInPlace(part, path));
    await removeOthers(folder, path);
    return { ...received, runId, created: true, judged };
  } finally {
    await rm(part, { force: true });
  }
}

/** A package whose run came to no good end may be sent once more. */
const isLost = (state: string): boolean => ['failed', 'cancelled', 'needs_attention'].includes(state);

function settingsOf({ kind, settings }: Integration): OneRosterCsvConfig {
  if (kind === 'oneroster-csv') return oneRosterCsvConfigSchema.parse(settings);
  throw new Fault('wrong_state', 'This integration reads no packages.');
}

async function judge(path: string, settings: OneRosterCsvConfig, signal: AbortSignal): Promise<JudgedPackage> {
  try {
    return await judgePackage(path, settings, signal);
  } catch (error) {
    if (error instanceof PackageRefused) throw new Fault('invalid_input', error.publicText, { cause: error });
    throw error;
  }
}

/** A run that fails to be asked for leaves the package where nobody reads it. */
async function requested(
  db: Database,
  { tenantId, trigger, actor }: Upload,
  integration: Integration,
  { digest, bytes }: ReceivedFile,
  place: () => Promise<void>,
): Promise<string> {
  const key = { tenantId, integrationId: integration.id };
  return db.withTenant(tenantId, async (tx) => {
    await takeTurn(tx, tenantId, integration.id);
    const { runId } = await requestRunWithin(tx, {
      tenantId,
      integration: integration.id,
      mode: 'full',
      trigger,
      actor,
    });
    await keepPackage(tx, key, { digest, bytes, runId });
    await writeAudit(tx, { ...key, runId, action: 'package.taken', actor, details: { digest, bytes, trigger } });
    await place();
    return runId;
  });
}

/** The newest by its time, also where the clock was set back or the same package comes again. */
async function putInPlace(part: string, path: string): Promise<void> {
  const now = new Date();
  await utimes(part, now, now).catch(() => undefined);
  await rename(part, path);
}

async function removeOthers(folder: string, kept: string): Promise<void> {
  for (const name of await readdir(folder))
    if (/^[0-9a-f]{64}\.zip$/.test(name) && name !== basename(kept)) await rm(join(folder, name), { force: true });
}
