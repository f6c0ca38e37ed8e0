/**
 * Reads the pages of a collection: the first alone, which teaches stride and total, then a few side by side, then whatever gap
 * a short page left, then one more at the end to see that nothing follows.
 */
import { Fault, type Entity } from '@rollcall/core';
import type { RosterPage } from '@rollcall/connectors';
import type { BaseSet } from '../store/base-set.js';
import { listPages, recordPage, type PageRecord } from '../store/pages.js';
import { phaseOf, updatePhase } from '../store/run-entities.js';
import { recordEvent } from '../store/run-events.js';
import { encodePage } from '../store/stage-lines.js';
import { writeStage } from '../store/stage.js';
import { countRecords } from './count-run.js';
import { inParallel } from './in-parallel.js';
import { firstGap } from './judge-read.js';
import { CorrectionsMet } from './letters/corrections-met.js';
import { stageablePage } from './quarantine.js';
import type { ReadTally } from './read-tally.js';
import { providerOf, read, scopeOf, write, type RunContext } from './run-context.js';

export async function readPages(context: RunContext, entity: Entity, base: BaseSet, tally: ReadTally): Promise<void> {
  const run = scopeOf(context);
  const { since } = await read(context, (tx) => phaseOf(tx, run, entity.name));
  const corrections = await CorrectionsMet.load(context, entity);
  const reader = new CollectionReader(context, entity, base, since, { corrections, tally });
  reader.pages = await read(context, (tx) => listPages(tx, { ...run, entity: entity.name }));
  if (reader.pages.length === 0) await reader.readFirst();
  const phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  const stride = phase.pageLimit ?? providerOf(context).capabilities.pageSize;
  const announced = phase.announcedAtStart;
  const offsets = announced === null ? [] : offsetsTo(announced, stride).filter((offset) => !reader.has(offset));
  await inParallel(offsets, providerOf(context).capabilities.maxInFlight, (offset) => reader.readAt(offset, stride));
  await readToEnd(reader, stride, announced);
}

/** What holds changes only is judged as an incremental read is: nothing follows from what it does not name. */
const everSince = '0001-01-01T00:00:00.000Z';

function offsetsTo(announced: number, stride: number): number[] {
  const offsets: number[] = [];
  for (let offset = stride; offset < announced; offset += stride) offsets.push(offset);
  return offsets;
}

async function readToEnd(reader: CollectionReader, stride: number, announced: number | null): Promise<void> {
  const bound = announced === null ? Infinity : 2 * announced + 10 * stride;
  for (;;) {
    const gap = firstGap(reader.pages);
    const next = gap ?? reader.covered();
    if (gap === null && reader.has(next)) return;
    if (next > bound)
      throw new Fault('source_inconsistent', `The source announced ${announced} rows and gives ever more.`);
    if (gap !== null && reader.has(next)) return;
    const limit = gap === null ? stride : Math.min(stride, reader.firstAfter(gap) - gap);
    await reader.readAt(next, limit, gap === null && announced !== null && next >= announced);
  }
}

class CollectionReader {
  pages: PageRecord[] = [];
  /** What the last page of this attempt announced. Written when it changes only: all pages of a phase share that row. */
  #announced: number | null | undefined;

  constructor(
    private readonly context: RunContext,
    private readonly entity: Entity,
    private readonly base: BaseSet,
    private readonly since: string | null,
    private readonly also: { readonly corrections: CorrectionsMet; readonly tally: ReadTally },
  ) {}

  has = (offset: number): boolean => this.pages.some((page) => page.offset === offset);
  covered = (): number => this.pages.reduce((end, page) => Math.max(end, page.offset + page.rowCount), 0);
  firstAfter = (offset: number): number =>
    this.pages.reduce((first, page) => (page.offset > offset ? Math.min(first, page.offset) : first), Infinity);

  async readFirst(): Promise<void> {
    const limit = providerOf(this.context).capabilities.pageSize;
    await this.readAt(0, limit);
  }

  /** `pastEnd`: all that was announced is read; an error there leaves the read unproven instead of stopping the run. */
  async readAt(offset: number, limit: number, pastEnd = false): Promise<void> {
    const { context } = this;
    await context.turn.take(context.signal, () => this.#readPage(offset, limit, pastEnd));
  }

  async #readPage(offset: number, limit: number, pastEnd: boolean): Promise<void> {
    const { context, entity } = this;
    context.turn.asks();
    const page = await this.#fetch(offset, limit).catch((error: unknown) => {
      if (!pastEnd || !(error instanceof Fault) || error.code === 'source_unauthorised') throw error;
      return null;
    });
    if (page === null) return this.#endUnseen(offset);
    const repeated = page.rowCount > 0 && this.pages.find((p) => p.keysDigest === page.keysDigest && p.rowCount > 0);
    if (repeated && repeated.attempt === context.run.attempt)
      throw new Fault('source_inconsistent', `The source gives the same page of ${entity.name} at different offsets.`);
    context.turn.works(page.rowCount);
    context.failpoint('page.fetched');
    await this.#commit(page, offset, limit).catch(async (refusal: unknown) =>
      this.#commit(await stageablePage(context, entity, page, this.base, refusal), offset, limit),
    );
    context.metrics.count('rollcall_pages_read_total', { entity: entity.name });
    context.failpoint('page.committed');
  }

  async #commit(page: RosterPage, offset: number, limit: number): Promise<void> {
    const { context, entity } = this;
    const { lines, ...rows } = encodePage(entity, page, this.base);
    const record: PageRecord = {
      offset,
      rowCount: page.rowCount,
      ...rows,
      bodyDigest: page.bodyDigest,
      keysDigest: page.keysDigest,
      attempt: context.run.attempt,
    };
    const run = scopeOf(context);
    await write(context, async (tx) => {
      await writeStage(tx, run.runId, entity, lines);
      context.failpoint('page.staged');
      await recordPage(tx, { ...run, entity: entity.name }, record);
      if (offset === 0)
        await updatePhase(tx, run, entity.name, {
          pageLimit: strideOf(page, limit),
          announcedAtStart: page.announcedTotal,
          providerTime: page.providerTime,
          ...(page.partialBecause === undefined ? {} : { incompleteReason: page.partialBecause }),
          ...(page.changesOnly ? { since: everSince } : {}),
        });
      await this.also.corrections.settle(tx);
      const waits = this.also.tally.takeWaits();
      if (waits) await recordEvent(tx, run, { kind: 'source.waited', entity: entity.name, figures: waits });
      if (this.#announced !== page.announcedTotal)
        await updatePhase(tx, run, entity.name, { announced: page.announcedTotal });
    });
    this.#announced = page.announcedTotal;
    this.pages.push(record);
    this.also.tally.onPage(page.rowCount);
    countRecords(context.metrics, entity.name, { read: page.rowCount });
  }

  #fetch(offset: number, limit: number) {
    const { context, entity } = this;
    const correlationId = `${context.run.id}/${entity.name}/${offset}/${context.run.attempt}`;
    return providerOf(context).readPage(
      entity.name,
      { offset, limit, modifiedSince: this.since },
      {
        signal: context.signal,
        correlationId,
        isKnown: (digest) => this.base.raw.has(digest),
        ...this.also.corrections.forCall,
        onRetry: this.also.tally.onRetry,
      },
    );
  }

  async #endUnseen(offset: number): Promise<void> {
    const { context, entity } = this;
    const run = scopeOf(context);
    const none = { offset, rowCount: 0, fullRows: 0, slimRows: 0, sameRows: 0, rejectedRows: 0, keylessRows: 0 };
    const record: PageRecord = { ...none, bodyDigest: 'unread', keysDigest: 'unread', attempt: context.run.attempt };
    await write(context, async (tx) => {
      await recordPage(tx, { ...run, entity: entity.name }, record);
      await updatePhase(tx, run, entity.name, {
        incompleteReason: 'the source answers with an error past the end of the collection',
      });
    });
    this.pages.push(record);
  }
}

/** A source may give fewer rows than asked and still have more: then its own measure is the stride. */
function strideOf(
  page: { rowCount: number; effectiveLimit: number; announcedTotal: number | null },
  limit: number,
): number {
  const short = page.rowCount > 0 && page.rowCount < limit && page.rowCount < (page.announcedTotal ?? Infinity);
  return short ? page.rowCount : Math.max(1, Math.min(limit, page.effectiveLimit));
}
