/** Rows of one file as they would come over REST. What is odd about a cell goes to the report; a row that cannot be told apart is refused as a whole. */
import { refusalKey, type OwnRefusal } from '../oneroster/rows/own-refusal.js';
import type { Version } from './catalogue.js';
import type { Header } from './header.js';
import { judgeCell } from './judge-cell.js';
import type { FileMode } from './manifest.js';
import type { References } from './references.js';
import type { Report } from './report.js';
import type { RuleCode } from './rules.js';

export interface RowContext {
  /** With `.csv`. */
  readonly file: string;
  readonly header: Header;
  readonly mode: FileMode;
  readonly version: Version;
  readonly report: Report;
  readonly references: References;
}

export type CsvWireRow = Record<string, unknown>;

/** REST's names where they differ; null for what is never taken. */
const wireNames: Readonly<Record<string, string | null>> = {
  agentSourcedIds: 'agents',
  primaryOrgSourcedId: 'primaryOrg',
  preferredGivenName: 'preferredFirstName',
  preferredFamilyName: 'preferredLastName',
  orgSourcedIds: 'orgs',
  parentSourcedId: 'parent',
  schoolYearSourcedId: 'schoolYear',
  orgSourcedId: 'org',
  courseSourcedId: 'course',
  schoolSourcedId: 'school',
  termSourcedIds: 'terms',
  classSourcedId: 'class',
  userSourcedId: 'user',
  password: null,
};

const wireName = (column: string): string | null => (column in wireNames ? wireNames[column]! : column);

export function rowWriter(context: RowContext): (cells: readonly string[], row: number) => CsvWireRow {
  const { file, header, mode, version, report, references } = context;
  const columns = header.cells.map((cell) => ({ ...cell, wire: wireName(cell.column.name) }));
  return (cells, row) => {
    const wire: CsvWireRow = {};
    const width = judgeWidth(cells, header);
    if (width !== null) report.add(width, { file, row });
    if (width === 'row.too-long') wire[refusalKey] = tooLong;
    for (const { index, column, wire: name } of columns) {
      const text = (cells[index] ?? '').trim();
      const place = { file, row, column: column.name };
      if (isLifeCycle(column.name)) judgeLifeCycle(text, mode, report, place);
      if (text === '') {
        if (column.required) report.add('cell.missing', place);
        continue;
      }
      const { value, code } = judgeCell(text, column, version === '1.2');
      if (code !== null) report.add(code, place);
      if (column.target !== null && !(refusalKey in wire)) references.note(column.target, value, context, place);
      if (name !== null && value !== undefined) wire[name] = value;
    }
    judgeSubjects(wire, () => report.add('row.subjects', { file, row }));
    const metadata = metadataOf(cells, header);
    return metadata ? { ...wire, metadata } : wire;
  };
}

const tooLong: OwnRefusal = { code: 'field_invalid', field: 'row', rule: 'has more cells than the header' };

/** Where more is given than the header names, cells have moved, and which one is which can no longer be told. */
function judgeWidth(cells: readonly string[], { width }: Header): RuleCode | null {
  if (cells.length === width) return null;
  if (cells.length < width) return 'row.too-short';
  return cells.slice(width).some((cell) => cell.trim() !== '') ? 'row.too-long' : 'row.wide';
}

const isLifeCycle = (name: string): boolean => name === 'status' || name === 'dateLastModified';

function judgeLifeCycle(text: string, mode: FileMode, report: Report, place: { column: string }): void {
  if (mode === 'bulk' && text !== '') report.add('bulk.filled', place);
  if (mode === 'delta' && text === '') report.add('delta.blank', place);
}

function judgeSubjects({ subjects, subjectCodes }: CsvWireRow, uneven: () => void): void {
  if (Array.isArray(subjects) && Array.isArray(subjectCodes) && subjects.length !== subjectCodes.length) uneven();
}

function metadataOf(cells: readonly string[], { metadata }: Header): CsvWireRow | null {
  const given = metadata.map(([name, index]) => [name, cells[index] ?? ''] as const).filter(([, text]) => text !== '');
  // As entries: assigned by name, `__proto__` would be the object's prototype.
  return given.length === 0 ? null : Object.fromEntries(given);
}
