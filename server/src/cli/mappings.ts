/** `mappings lookup|list|sources|differing|set|unlink|merge|unmerge|import|export|check|warm`: which ids of external systems stand for which of our records. */
import type { Command } from 'commander';
import { checkCommand } from './mappings/check.js';
import { differingCommand } from './mappings/differing.js';
import { exportCommand } from './mappings/export.js';
import { importCommand } from './mappings/import.js';
import { listCommand } from './mappings/list.js';
import { lookupCommand } from './mappings/lookup.js';
import { mergeCommand, unmergeCommand } from './mappings/merge.js';
import { setCommand, unlinkCommand } from './mappings/set.js';
import { sourcesCommand } from './mappings/sources.js';
import { warmCommand } from './mappings/warm.js';
import type { CommandFrame } from './run-command.js';

export function addMappings(program: Command, frame: CommandFrame): void {
  const mappings = program
    .command('mappings')
    .description('Which ids of external systems stand for which of our records.');
  for (const add of [lookupCommand, listCommand, setCommand, unlinkCommand, mergeCommand, unmergeCommand])
    add(mappings, frame);
  for (const add of [sourcesCommand, differingCommand]) add(mappings, frame);
  for (const add of [importCommand, exportCommand, checkCommand, warmCommand]) add(mappings, frame);
}
