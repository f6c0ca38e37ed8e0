/** `csv upload <integration> <zip>`: hands a package to an integration that is fed by uploads, and follows the run that reads it. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import { chooseTenant } from '../../store/tenants.js';
import { takeUpload } from '../../sync/packages/take-upload.js';
import { carryOutRun } from '../carry-out-run.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly tenant?: string;
}

export function uploadCommand(csv: Command, frame: CommandFrame): void {
  const upload = csv
    .command('upload')
    .description('Hand a package to an integration that was added with --uploads, and sync it.')
    .argument('<integration>', 'its name or id')
    .argument('<zip>', 'a zip file')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(upload, frame, async (terminal, { tenant }, integration, zip) => {
    const path = resolve(zip!);
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) throw new Fault('invalid_input', `There is no file ${path}.`);
    return withRollcall(frame.at, 'worker', async (rollcall) => {
      const { db, lent } = rollcall;
      const { id: tenantId } = await chooseTenant(db, tenant);
      const by = { trigger: 'manual', actor: 'cli' } as const;
      const of = { tenantId, integration: integration!, dataDir: lent.dataDir, signal: frame.at.stop };
      const { runId, created, judged } = await takeUpload(db, { ...of, ...by, content: createReadStream(path) });
      if (!created) terminal.say('This package was taken before; this is the run that read it.');
      if (judged) terminal.say(`${judged.rows} rows of OneRoster ${judged.version}, ${judged.errors} left out.`);
      return carryOutRun(frame.at, terminal, rollcall, { tenantId, runId });
    });
  });
}
