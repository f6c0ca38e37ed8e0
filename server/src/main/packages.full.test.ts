/** Packages from end to end, by the product's own processes: a roster goes out, comes into another tenant, and goes out the same. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFileSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunReport } from '@rollcall/core';
import { CommandLine } from './testing/command-line.js';

let rollcall: CommandLine;
let folder: string;
const file = (name: string): string => join(rollcall.dataDir, name);
beforeAll(async () => {
  rollcall = new CommandLine();
  await rollcall.start('up --students 40 --seed 3').says(/Rollcall is up/);
  const added = await rollcall.json<{ settings: { path: string } }>(
    'integration add inbox --kind oneroster-csv --uploads --tenant copy',
  );
  folder = added.settings.path;
});
afterAll(() => rollcall.close());

const exported = (name: string, flags = '') =>
  rollcall.json<{ rows: Record<string, number>; next: string }>(`export --to ${file(name)} --tenant ${flags}`);
const same = (a: string, b: string): boolean => readFileSync(file(a)).equals(readFileSync(file(b)));
const runsOfCopy = () => rollcall.json<{ id: string; state: string; trigger: string }[]>('runs list --tenant copy');

/** Each command is a process of its own, which takes its time where many others work. */
const patientMs = 240_000;

describe('packages at the terminal', () => {
  it(
    'go out, are taken in by another tenant, and go out the same to the byte, for this user only',
    async () => {
      const { rows } = await exported('first.zip', 'default');
      expect([rows.users! > 0, statSync(file('first.zip')).mode & 0o777]).toEqual([true, 0o600]);
      const { code, out, err } = await rollcall.run(`csv upload inbox ${file('first.zip')} --tenant copy --json`);
      expect([code, err]).toEqual([0, expect.stringContaining(', 0 left out.')]);
      const { run, entities } = JSON.parse(out) as RunReport;
      expect([run.state, entities.users.created]).toEqual(['completed', rows.users]);
      await exported('again.zip', 'copy');
      expect(same('again.zip', 'first.zip')).toBe(true);
    },
    patientMs,
  );

  it(
    'that are bad are refused in a sentence, and no run is made of them',
    async () => {
      const before = await runsOfCopy();
      writeFileSync(file('bad.zip'), readFileSync(file('first.zip')).subarray(0, 1000));
      const { code, err } = await rollcall.run(`csv upload inbox ${file('bad.zip')} --tenant copy`);
      expect([code, err]).toEqual([1, expect.stringMatching(/^The package was refused: .* cannot be unpacked/)]);
      expect(await runsOfCopy()).toEqual(before);
    },
    patientMs,
  );

  it(
    'leave an earlier file as it was when they cannot be made',
    async () => {
      const { code, err } = await rollcall.run(`export --to ${file('first.zip')} --tenant default --since never`);
      expect([code, err]).toEqual([1, expect.stringContaining('Since must be a moment')]);
      expect(same('again.zip', 'first.zip')).toBe(true);
      expect(readdirSync(rollcall.dataDir).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
    patientMs,
  );

  it(
    'of changes only, put into the folder, are read by the worker without being asked for',
    async () => {
      const { next } = await exported('base.zip', 'default');
      await rollcall.json('sandbox control edit {"share":0.2,"entity":"users"}');
      await rollcall.json<RunReport>('sync sandbox-40-3 --tenant default');
      const { rows } = await exported('delta.zip', `default --since ${next}`);
      expect(rows.users).toBeGreaterThan(0);
      copyFileSync(file('delta.zip'), join(dirname(folder), 'delta.part'));
      renameSync(join(dirname(folder), 'delta.part'), join(folder, 'delta.zip'));
      let [latest] = await runsOfCopy();
      while (latest?.trigger !== 'folder' || latest.state !== 'completed') [latest] = await runsOfCopy();
      await exported('source.zip', 'default');
      await exported('copy.zip', 'copy');
      expect(same('copy.zip', 'source.zip')).toBe(true);
    },
    patientMs,
  );
});
