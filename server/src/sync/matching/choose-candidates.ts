/**
 * What a person answers besides yes and no: which of our records a new one is, or that it is new. The answers stand with the held
 * rows, and the run that carries the approval out reads them there.
 */
import { Fault } from '@rollcall/core';
import type { Tx } from '../../store/database.js';
import type { Hold } from '../../store/holds.js';
import { chooseCandidates, chooseNew, sharedChoices, type HeldSelection } from '../../store/sql/match/choices.js';

export interface Answers {
  /** Of rows that may be several of our records, which one: local ids by local ids. */
  readonly links?: Readonly<Record<string, string>>;
  /** All the rows that are decided are new. */
  readonly asNew?: boolean;
}

/** Throws Fault invalid_input, and nothing is decided then. */
export async function noteAnswers(
  tx: Tx,
  hold: Hold,
  of: { tenantId: string; rows: readonly string[] | null; count: number },
  { links = {}, asNew = false }: Answers,
): Promise<void> {
  const asked = Object.keys(links).length > 0;
  const held: HeldSelection = { tenantId: of.tenantId, hold, rows: of.rows };
  if (asNew && asked) refuse('Either the rows are new, or they are joined with records.');
  if (asNew && hold.operation !== 'match' && hold.operation !== 'rekey')
    refuse('Only rows that would be joined with records can be taken for new instead.');
  if (asked && hold.operation !== 'match') refuse('Only rows that may be one of our records can be joined with one.');
  if (asNew) return chooseNew(tx, held);
  if (hold.operation !== 'match') return;
  const chosen = await chooseCandidates(tx, held, links);
  if (chosen.known < Object.keys(links).length)
    refuse(
      'Some of the rows that are to be joined are not among those that are decided, or the record is none of their candidates.',
    );
  if (chosen.rows < of.count)
    refuse(
      `${of.count - chosen.rows} of the rows may be several of our records: name which, limit the decision to others, or take them for new.`,
    );
  if ((await sharedChoices(tx, held)) > 0)
    refuse('Two rows would be joined with the same record. Name which is which, or decide them one by one.');
}

function refuse(why: string): never {
  throw new Fault('invalid_input', why);
}
