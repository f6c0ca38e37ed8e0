/** What was found in a package, row by row, without any value of a cell. Bounded: past a thousand findings they are only counted. */
import { Fault } from '@rollcall/core';
import { rules, type Rule, type RuleCode, type Severity } from './rules.js';

export interface Place {
  readonly file?: string;
  /** As a spreadsheet counts: the header is row 1. */
  readonly row?: number;
  readonly column?: string;
}

export interface Finding {
  readonly code: RuleCode;
  readonly severity: Severity;
  readonly file: string | null;
  readonly row: number | null;
  readonly column: string | null;
  readonly what: string;
  readonly made: string;
}

const mostKept = 1000;

export class Report {
  readonly findings: Finding[] = [];
  readonly #counts = new Map<RuleCode, number>();

  /** Of each rule that was broken, how often. */
  get counts(): ReadonlyMap<RuleCode, number> {
    return this.#counts;
  }

  count(severity: Severity): number {
    return [...this.#counts].reduce((sum, [code, n]) => sum + (rules[code].severity === severity ? n : 0), 0);
  }

  /** The first thing for which a strict reader refuses the package. */
  get refusal(): Finding | null {
    return this.findings.find(({ code }) => rules[code].refused) ?? null;
  }

  add(code: RuleCode, place: Place = {}, what?: string): Finding {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    const rule: Rule = rules[code];
    const { file = null, row = null, column = null } = place;
    const found = { code, severity: rule.severity, file, row, column, what: what ?? rule.what, made: rule.made };
    // One of each rule is always kept, so that no refusal is lost behind a thousand notes.
    if (this.findings.length < mostKept || this.#counts.get(code) === 1) this.findings.push(found);
    return found;
  }

  /** Notes what stops the reading, and throws it. */
  stop(code: RuleCode, place: Place = {}): never {
    throw new PackageRefused(this.add(code, place));
  }
}

export class PackageRefused extends Fault {
  constructor(readonly finding: Finding) {
    super('source_bad_response', `The package was refused: ${sentence(finding)}.`);
  }
}

/** For people: where, and what. */
export function sentence({ file, row, column, what }: Finding): string {
  const where = [file ?? 'it', ...(row === null ? [] : [`row ${row}`]), ...(column === null ? [] : [column])];
  return `${where.join(', ')} ${what}`;
}
