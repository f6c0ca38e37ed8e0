/**
 * The one table of what can be wrong with a package: how grave it is, whether the standard refuses it, and what is made of it. Its
 * sentences are all that a report says: no value of a cell is ever in it.
 */
export const severities = ['catastrophic', 'error', 'warning'] as const;
/** Stops the reading; drops the record; drops or mends the value. */
export type Severity = (typeof severities)[number];

export interface Rule {
  readonly severity: Severity;
  /** Whether a strict reader refuses the package for it. */
  readonly refused: boolean;
  readonly what: string;
  readonly made: string;
}

const stop = (what: string): Rule => ({ severity: 'catastrophic', refused: true, what, made: 'nothing was read' });
const drop = (what: string): Rule => ({ severity: 'error', refused: true, what, made: 'the record is left out' });
const mend = (what: string, made: string): Rule => ({ severity: 'warning', refused: true, what, made });
const note = (what: string, made: string): Rule => ({ severity: 'warning', refused: false, what, made });
const partial = 'nothing is taken away on its account';

export const rules = {
  'package.damaged': stop('cannot be unpacked: it is no zip, cut short or damaged'),
  'package.encrypted': stop('holds an encrypted file'),
  'package.entries': stop('holds more files than a OneRoster package may'),
  'package.size': stop('is larger than allowed when it is unpacked'),
  'package.ratio': stop('shrinks more than text does: it may be a bomb'),
  'package.path': stop('holds a file name that leads out of it, or cannot be one'),
  'package.link': stop('holds a link or another special file'),
  'package.twice': stop('holds the same file twice'),
  'package.empty': stop('holds no OneRoster file'),
  'package.folder': mend('keeps its files in a folder', 'they are read as if they were at the root'),
  'package.name': mend('has a file whose name differs in case', 'it is read as the one of the catalogue'),
  'package.unknown-file': mend('holds a file that is not of the catalogue', 'it is not read'),
  'manifest.missing': mend('has no manifest.csv', `files are read by their headers, and ${partial}`),
  'manifest.header': mend('does not begin with propertyName,value', 'it is read in spite of that'),
  'manifest.property': mend('lacks or misspells a property', 'it is taken from the files themselves'),
  'manifest.absent-file': mend('names a file that is not there', partial),
  'manifest.undeclared': mend('does not name a file that is there', `it is read, and ${partial}`),
  'file.encoding': stop('is not UTF-8'),
  'file.nul': stop('holds a NUL character'),
  'file.quote': stop('has a quote that is not doubled or not closed, so that records cannot be told apart'),
  'file.record-too-long': stop('has a record without an end'),
  'header.no-key': stop('has no column sourcedId'),
  'header.twice': stop('has the same column twice'),
  'header.name': mend('has a column whose name differs in case or spaces', 'it is read as the one of the standard'),
  'header.order': mend('has its columns in another order', 'they are read by their names'),
  'header.missing': mend('lacks a column', 'it is read as empty'),
  'header.unknown': mend('has a column that is not of the standard', 'it is not read'),
  'header.other-version': mend('has a column of the other version', 'it is read'),
  'row.too-long': drop('has more cells than the header'),
  'row.wide': mend('has empty cells behind the last column', 'they are not read'),
  'row.too-short': mend('has fewer cells than the header', 'the missing ones are read as empty'),
  'row.subjects': mend('has not as many subjects as subject codes', 'both are kept'),
  'row.rejected': drop('cannot be a record'),
  'row.twice': mend('has the sourcedId of an earlier row', 'the newer one counts, else the first'),
  'row.no-user': mend('is a role of nobody in this package', 'it is not read'),
  'row.role-ended': note('is a role that has ended', 'the user no longer has it'),
  'reference.missing': mend('refers to what is not in the package', 'it waits until that comes'),
  'bulk.filled': mend('is filled in a bulk file', 'it is read as given'),
  'delta.blank': mend('is empty in a delta file', 'the record counts as active'),
  'cell.missing': mend('is empty and must not be', 'it stays empty; what cannot be without it is left out'),
  'cell.guid': mend('is not an id of the standard', 'it is kept as it is'),
  'cell.date-form': mend('is a date in another form', 'it is read as a date, the month first where slashes divide it'),
  'cell.date': drop('is not a date'),
  'cell.time-form': mend('is a time in another form', 'it is read as a time'),
  'cell.time': mend('is not a time', 'it is left out'),
  'cell.year': mend('is not a year', 'it is kept as it is'),
  'cell.boolean-form': mend('is true or false in another form', 'it is read as that'),
  'cell.boolean': drop('is neither true nor false'),
  'cell.number': drop('is not a number'),
  'cell.list': mend('is a list with an empty entry', 'that entry is left out'),
  'cell.ids': mend('is not a list of {type:id}', 'it is read as an id without a type'),
  'cell.word-case': mend('is a word in another case', 'it is read as that word'),
  'cell.word': mend('is not a word of the standard', 'it is read if it is known here'),
  'cell.line-break': mend('has a line break', 'it is read as a space'),
  'cell.formula': note('begins as a formula does', 'it is kept as text'),
} satisfies Record<string, Rule>;

export type RuleCode = keyof typeof rules;
