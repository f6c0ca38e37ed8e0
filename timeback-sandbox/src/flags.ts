/** Reads the command line; whatever is wrong with it is said in one sentence. */
import { type Preset, presets } from './presets.js';
import { parseArgs } from 'node:util';
import type { SandboxSettings } from './sandbox.js';

const MAX_STUDENTS = 2_000_000;

export class FlagError extends Error {}

export const USAGE = `Usage: timeback-sandbox --port P --students N --seed S [options]
  --port P           port on 127.0.0.1; 0 takes a free one (default 0)
  --students N       students of the district, 1 to ${MAX_STUDENTS} (default 1000)
  --seed S           whole number that names the district (default 1)
  --client-id ID     (default sandbox-client)
  --client-secret S  (default sandbox-secret)
  --token-seconds N  life of a token (default 3600)
  --platform NAME    ${Object.keys(presets).join(', ')} (default beyond)`;

function wholeNumber(text: string, flag: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new FlagError(`--${flag} must be a whole number from ${least} to ${most}, not "${text}".`);
}

const text = (fallback: string) => ({ type: 'string' as const, default: fallback });

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: text('0'),
        students: text('1000'),
        seed: text('1'),
        'client-id': text('sandbox-client'),
        'client-secret': text('sandbox-secret'),
        'token-seconds': text('3600'),
        platform: text('beyond'),
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new FlagError((error as Error).message.split('. ')[0]!);
  }
}

export function readFlags(args: string[]): { help: boolean; port: number; settings: SandboxSettings } {
  const values = parse(args);
  const preset = presets[values.platform as Preset['name']];
  if (!preset)
    throw new FlagError(`--platform must be one of ${Object.keys(presets).join(', ')}, not "${values.platform}".`);
  return {
    help: values.help,
    port: wholeNumber(values.port, 'port', 0, 65_535),
    settings: {
      students: wholeNumber(values.students, 'students', 1, MAX_STUDENTS),
      seed: wholeNumber(values.seed, 'seed', 0, Number.MAX_SAFE_INTEGER),
      client: { id: values['client-id'], secret: values['client-secret'] },
      tokenSeconds: wholeNumber(values['token-seconds'], 'token-seconds', 1, 86_400),
      preset,
    },
  };
}
