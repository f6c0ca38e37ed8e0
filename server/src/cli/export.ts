/**
 * `export --to FILE.zip`: the hub's roster as a OneRoster 1.2 package that only this user can read. The file is there whole or not at
 * all; an earlier one of the name is replaced at the end.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import { exportPackage, type ExportSummary } from '../sync/packages/export-package.js';
import { chooseTenant } from '../store/tenants.js';
import { EXIT } from './exit-codes.js';
import { fileName } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import { withRollcall } from './with-rollcall.js';

interface Options {
  readonly to: string;
  readonly school?: string;
  readonly since?: string;
  readonly tenant?: string;
}

export function addExport(program: Command, frame: CommandFrame): void {
  const command = program
    .command('export')
    .description("Write the hub's roster as a OneRoster 1.2 CSV package.")
    .requiredOption('--to <file>', 'the zip file to write', fileName)
    .option('--school <id>', 'one organisation and what belongs to it: its id here or at its source')
    .option('--since <point>', 'only what has changed since a moment (ISO 8601), a run (its id), or an earlier export')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, async (terminal, { to, school, since, tenant }) => {
    const path = resolve(to);
    const folder = await stat(dirname(path)).catch(() => null);
    if (!folder?.isDirectory()) throw new Fault('invalid_input', `There is no folder ${dirname(path)}.`);
    return withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const part = `${path}.${randomUUID().slice(0, 8)}.part`;
      try {
        const summary = await exportPackage(db, { tenantId, school, since, actor: 'cli' }, () =>
          addAbortSignal(frame.at.stop, createWriteStream(part, { flags: 'wx', mode: 0o600 })),
        );
        await rename(part, path);
        const { size } = await stat(path);
        terminal.result({ file: path, bytes: size, ...summary }, () => textOf(path, summary));
        return EXIT.ok;
      } catch (error) {
        throw inSentence(error, path);
      } finally {
        await rm(part, { force: true });
      }
    });
  });
}

/** What the file system refuses is for the person to mend. */
function inSentence(error: unknown, path: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!syscall || !['open', 'write', 'rename'].includes(syscall)) return error;
  return new Fault('invalid_input', `${path} cannot be written (${code}).`, { cause: error });
}

function textOf(path: string, { mode, rows, leftOut, next }: ExportSummary): string {
  const counts = Object.entries(rows).map(([file, n]) => `${n} ${file}`);
  const lacking = Object.entries(leftOut).filter(([, n]) => n > 0);
  return [
    `Wrote ${path}: ${mode === 'bulk' ? 'all' : 'what has changed'}, ${counts.join(', ')}.`,
    ...(lacking.length > 0
      ? [`Left out for want of what the standard demands: ${lacking.map(([name, n]) => `${n} ${name}`).join(', ')}.`]
      : []),
    `What is changed from now on: --since ${next}`,
  ].join('\n');
}
