/** Looks into parsed JSON that may be anything: what is not there is undefined, never an error and never inherited. */
export const partOf = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined;

export const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}
