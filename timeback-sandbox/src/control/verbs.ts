/** Every control, by name and HTTP method. */
import { addBadRecords, clearBadRecords } from './bad-records.js';
import { addFault, listFaults, removeFaults } from './faults.js';
import { checkFields } from '../body.js';
import { loseSchool, restoreSchool } from './lose-school.js';
import type { Verb } from './verb.js';
import { edit } from './edit.js';
import { empty } from './empty.js';
import { joiners } from './joiners.js';
import { leavers } from './leavers.js';
import { move } from './move.js';
import { rekey } from './rekey.js';
import { rotateSecret } from './rotate-secret.js';
import { toBeDeleted } from './to-be-deleted.js';
import { totals } from './totals.js';

const reset: Verb = (sandbox, body) => {
  checkFields(body, {});
  sandbox.reset();
  return { reset: true, totals: totals(sandbox, {}) };
};

const clearLog: Verb = ({ log }) => {
  log.clear();
  return { cleared: true };
};

export const verbs: Record<string, Record<string, Verb>> = {
  edit: { POST: edit },
  move: { POST: move },
  leavers: { POST: leavers },
  joiners: { POST: joiners },
  rekey: { POST: rekey },
  'lose-school': { POST: loseSchool },
  'restore-school': { POST: restoreSchool },
  empty: { POST: empty },
  tobedeleted: { POST: toBeDeleted },
  'bad-records': { POST: addBadRecords, DELETE: clearBadRecords },
  faults: { POST: addFault, GET: listFaults, DELETE: removeFaults },
  'rotate-secret': { POST: rotateSecret },
  totals: { GET: totals },
  log: { GET: ({ log }) => log.report(), DELETE: clearLog },
  reset: { POST: reset },
};
