/** Reads and checks the body of a request to the control API: what is unknown or out of range is refused in one sentence. */
import type { IncomingMessage } from 'node:http';
import { Refusal } from './answers.js';

const MAX_BODY_BYTES = 1_000_000;

export type Fields = Record<string, unknown>;
/** What was expected, when the value is not it. */
export type Check = (value: unknown) => string | undefined;

export const wholeFrom =
  (least: number, most = 10_000_000): Check =>
  (v) =>
    Number.isInteger(v) && (v as number) >= least && (v as number) <= most
      ? undefined
      : `a whole number from ${least} to ${most}`;
export const share: Check = (v) =>
  typeof v === 'number' && v > 0 && v <= 1 ? undefined : 'a number above 0, at most 1';
export const text: Check = (v) => (typeof v === 'string' && v !== '' ? undefined : 'a text');
export const flag: Check = (v) => (typeof v === 'boolean' ? undefined : 'true or false');
export const oneOf =
  (values: readonly string[]): Check =>
  (v) =>
    values.includes(v as string) ? undefined : `one of ${values.join(', ')}`;

export async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes > MAX_BODY_BYTES) throw new Refusal(413, 'The body is larger than a million bytes.');
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}

export async function readFieldsOf(request: IncomingMessage): Promise<Fields> {
  const content = await readText(request);
  if (content.trim() === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(content);
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields;
  throw new Refusal(400, 'The body must be a JSON object.');
}

export function checkFields(body: Fields, checks: Record<string, Check>, required: string[] = []): void {
  for (const [name, value] of Object.entries(body)) {
    const check = checks[name];
    if (!check) {
      const known = Object.keys(checks).join(', ') || 'none';
      throw new Refusal(400, `Unknown field "${name}"; known fields: ${known}.`);
    }
    const expected = check(value);
    if (expected) throw new Refusal(400, `Field "${name}" must be ${expected}.`);
  }
  for (const name of required) if (!(name in body)) throw new Refusal(400, `Field "${name}" is missing.`);
}
