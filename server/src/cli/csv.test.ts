/** `csv check` says the verdict by its exit code, and for people and for scripts what was found; it starts nothing. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { systemClock } from '../telemetry/system-clock.js';
import { runCli } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-csv-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function check(path: string, ...more: string[]) {
  const text = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => new PassThrough().on('data', (chunk) => (text[name] += String(chunk)));
  const never = () => {
    throw new Error('a check must start nothing');
  };
  const code = await runCli(['csv', 'check', path, ...more], {
    env: {},
    out: stream('out'),
    err: stream('err'),
    stop: new AbortController().signal,
    clock: systemClock,
    compose: never,
    runWorker: never,
    runApi: never,
    programs: { worker: '', api: '', sandbox: '' },
  });
  await new Promise(setImmediate);
  return { code, ...text };
}

function written(name: string, orgs: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  const head = 'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId';
  writeFileSync(join(path, 'orgs.csv'), `${head}\r\n${orgs}\r\n`);
  const others =
    'academicSessions,categories,classes,classResources,courses,courseResources,demographics,enrollments,lineItems,resources,results,users';
  const absent = others.split(',').map((file) => `file.${file},absent`);
  const lines = [
    'propertyName,value',
    'manifest.version,1.0',
    'oneroster.version,1.1',
    'file.orgs,bulk',
    ...absent,
    '',
  ];
  writeFileSync(join(path, 'manifest.csv'), lines.join('\r\n'));
  return path;
}

describe('csv check', () => {
  it('of a sound package is 0, with the rows of each file', async () => {
    const { code, out, err } = await check(written('sound', 'o1,,,Lindholm School,school,S1,'), '--strict');
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(
      /^Accepted as OneRoster 1\.1: 0 records left out, 0 warnings\.\nfile +rows +records +holds\norgs +1 +1 +bulk/,
    );
  });

  it('of an odd one is 0 and explains, and 1 when it has to be strict', async () => {
    const path = written('odd', 'o1,,,Lindholm School,School,S1,');
    const tolerant = await check(path);
    expect([tolerant.code, tolerant.err]).toEqual([
      0,
      expect.stringContaining('warning: orgs.csv, row 2, type is a word in another case'),
    ]);
    const strict = await check(path, '--strict');
    expect([strict.code, strict.err]).toEqual([1, expect.stringMatching(/^Refused: orgs\.csv, row 2, type/)]);
  });

  it('prints the report as JSON on standard output', async () => {
    const { code, out } = await check(written('json', 'o1,,,,school,S1,'), '--json');
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ accepted: true, counts: { catastrophic: 0, error: 1, warning: 1 } }),
    ]);
  });

  it('of nothing is one sentence and code 1', async () => {
    const { code, err } = await check(join(folder, 'nowhere.zip'));
    expect([code, err]).toEqual([1, expect.stringContaining('no package at the path')]);
  });
});
