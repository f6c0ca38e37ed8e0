/** The product's export as a subject: the whole tenant into a zip on disk, from the first statement to the last byte. */
import { createWriteStream } from 'node:fs';
import { productModule } from '../product/product-module.js';
import { productParts } from '../product/product-parts.js';
import type { Subject, Task } from '../subject.js';

type Export = typeof import('../../../server/src/sync/packages/export-package.js');

export async function packageExport({ databaseUrl, packagePath }: Task): Promise<Subject> {
  const { Database, ensureTenant } = await productParts();
  const { exportPackage } = await productModule<Export>('sync/packages/export-package.js');
  const db = new Database(databaseUrl, { connections: 1 });
  const { id: tenantId } = await ensureTenant(db, 'bench');
  return {
    async work() {
      const { rows, leftOut } = await exportPackage(db, { tenantId, actor: 'bench' }, () =>
        createWriteStream(packagePath!),
      );
      const lost = Object.values(leftOut).reduce((sum, n) => sum + n, 0);
      if (lost > 0) throw new Error(`${lost} records were left out`);
      return Object.values(rows).reduce((sum, n) => sum + n, 0);
    },
    close: () => db.close(),
  };
}
