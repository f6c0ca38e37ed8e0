/** The program of a subject's process: reads its task from the command line, works once, and prints what it measured. */
import { floorFirstLoad } from './floor/first-load.js';
import { floorReSync } from './floor/re-sync.js';
import { packageExport } from './csv/package-export.js';
import { batchedUpsert } from './peers/batched-upsert.js';
import { rowOrm } from './peers/row-orm.js';
import { product } from './product/product.js';
import type { Measured, Subject, Task } from './subject.js';

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const steps: Record<string, number> = {};
const subject = await prepare(task);
const started = performance.now();
const rows = await subject.work();
const seconds = (performance.now() - started) / 1000;
await subject.close();
const peakRssMb = Math.ceil(process.resourceUsage().maxRSS / 1024);
const measured: Measured = { seconds, rows, peakRssMb, steps };
console.log(JSON.stringify(measured));

function prepare(wanted: Task): Promise<Subject> {
  switch (wanted.subject) {
    case 'product':
      return wanted.phase === 'exportPackage' ? packageExport(wanted) : product(wanted, steps);
    case 'floor':
      return wanted.phase === 'firstLoad' ? floorFirstLoad(wanted) : floorReSync(wanted);
    case 'batchedUpsert':
      return batchedUpsert(wanted);
    case 'rowOrm':
      return rowOrm(wanted);
  }
}
