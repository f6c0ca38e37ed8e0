/** Turns rows of an import into lines for the stage, a block at a time, and keeps by number the rows that cannot be links. */
import type { Transform } from 'node:stream';
import { entityNames, externalIdFault, Fault } from '@rollcall/core';
import { linkStates } from '../../store/mappings/link.js';
import { copyValue } from '../../store/copy-text.js';
import type { RawRow } from './read-rows.js';

const blockLength = 64 * 1024;
/** A file of which so much is wrong is another file. */
const mostFaults = 200_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const known: ReadonlySet<unknown> = new Set(entityNames);
/** A person's decisions travel; what a sync made of a link is found out anew. */
const states = new Map<unknown, string>(
  [undefined, '', ...linkStates].map((state) => [state, state === 'unlinked' || state === 'merged' ? state : 'active']),
);

export class RowLines {
  rows = 0;
  /** Blocks of lines of COPY text: the row's number, what is wrong with it. */
  readonly faults: string[] = [];
  #block = '';
  #faulty = 0;
  #to: Transform | null = null;

  /** The stream hands the lines on, and ends with the last of them. */
  sendTo(stream: Transform): void {
    this.#to = stream;
    const flush = stream._flush?.bind(stream);
    stream._flush = (done) => {
      const end = () => {
        if (this.#block !== '') stream.push(this.#block);
        done();
      };
      if (flush) flush(end);
      else end();
    };
  }

  take(row: RawRow | null): void {
    this.rows += 1;
    const fault = faultOf(row);
    if (fault !== null) return this.#refuse(fault);
    const { entity, externalId, localId, state } = row as Record<keyof RawRow, string>;
    this.#block += `${this.rows}\t${entity}\t${copyValue(externalId)}\t${localId}\t${states.get(state)}\n`;
    if (this.#block.length < blockLength) return;
    this.#to!.push(this.#block);
    this.#block = '';
  }

  #refuse(fault: string): void {
    this.#faulty += 1;
    if (this.#faulty > mostFaults)
      throw new Fault('invalid_input', `More than ${mostFaults} rows cannot be read. Nothing was imported.`);
    this.faults.push(`${this.rows}\t${fault}\n`);
  }
}

function faultOf(row: RawRow | null): string | null {
  if (row === null) return 'unreadable_row';
  if (!known.has(row.entity)) return 'unknown_entity';
  if (typeof row.externalId !== 'string' || externalIdFault(row.externalId) !== null) return 'bad_external_id';
  if (typeof row.localId !== 'string' || !uuid.test(row.localId)) return 'bad_local_id';
  return states.has(row.state) ? null : 'bad_state';
}
