/** Keeps only the fields that were asked for, in the row's own order. */
export function keepFields(rowText: string, fields: string[]): string {
  const row = JSON.parse(rowText) as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name))));
}
