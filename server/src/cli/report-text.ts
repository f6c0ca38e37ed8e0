/** The run report for people: what was read and done per entity, what waits for them, what was kept out. */
import { entityNames, type EntityCounts, type RunMode, type RunReport } from '@rollcall/core';
import { number, table } from './table.js';

const usualColumns: readonly (keyof EntityCounts)[] = [
  ...(['read', 'unchanged', 'created', 'updated', 'reactivated', 'deactivated'] as const),
  ...(['missing', 'held', 'blocked', 'rejected'] as const),
];
/** Shown where there are any: most runs have none. */
const rareColumns: readonly (keyof EntityCounts)[] = ['linked', 'declined', 'stale', 'conflict'];
const rejectsShown = 10;

const titles: Readonly<Record<RunMode, string>> = {
  full: 'Sync of',
  incremental: 'Sync of',
  plan: 'Plan of',
  records: 'Marked records of',
  apply: 'What was approved for',
  undo: 'What was undone in',
};

export function reportText(report: RunReport): string {
  const { run, entities, holds, rejects, seconds, recordsPerSecond, peakRssMb } = report;
  const names = entityNames.filter((name) => entities[name]);
  const columns = [...usualColumns, ...rareColumns.filter((c) => names.some((name) => entities[name][c] !== 0))];
  const rows = names.map((name) => [name, ...columns.map((c) => entities[name][c] as number)]);
  const total = columns.map((_, i) => rows.reduce((sum, row) => sum + (row[i + 1] as number), 0));
  return [
    `${titles[run.mode]} ${run.integration}: ${run.state.replaceAll('_', ' ')}, ${seconds} s, ` +
      `${number(recordsPerSecond)} records/s, ${number(peakRssMb)} MB, attempt ${run.attempt} (run ${run.id})`,
    ...(run.reason ? [[run.reason, run.nextStep].filter(Boolean).join(' ')] : []),
    '',
    table(['', ...columns], [...rows, ['total', ...total]]),
    ...holdLines(holds),
    ...rejectLines(rejects, total[columns.indexOf('rejected')] ?? 0),
  ].join('\n');
}

function holdLines(holds: RunReport['holds']): string[] {
  if (holds.length === 0) return [];
  const rows = holds.map((hold) => [hold.id, hold.entity, hold.operation, hold.scope, hold.rows, hold.reason]);
  return [
    '',
    'Held back until a person decides:',
    table(['hold', 'entity', 'operation', 'scope', 'rows', 'why'], rows),
  ];
}

function rejectLines(rejects: RunReport['rejects'], count: number): string[] {
  if (rejects.length === 0) return [];
  const rows = rejects.slice(0, rejectsShown).map((r) => [r.entity, r.externalId, r.code, r.field, r.message]);
  const more = Math.max(count, rejects.length) - rows.length;
  return [
    '',
    'Kept out, and tried again by every sync:',
    table(['entity', 'id', 'code', 'field', 'why'], rows),
    ...(more > 0 ? [`and ${number(more)} more`] : []),
  ];
}
