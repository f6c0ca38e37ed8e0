/** The data folder is where it was asked for, or where the user that runs PostgreSQL can reach it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder.js';
import { canReach } from './database-user.js';

let project: string;
const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'rollcall project '));
  chmodSync(project, 0o755);
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

describe('dataFolder', () => {
  test('is .rollcall in the project, closed to others except for passing through as root', () => {
    const folder = dataFolder({}, project);
    expect(folder).toBe(join(project, '.rollcall'));
    expect(statSync(folder).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
    expect(dataFolder({}, project)).toBe(folder);
  });

  test('is the folder that was asked for, made when missing', () => {
    const wished = join(project, 'elsewhere', 'data');
    expect(dataFolder({ dataDir: wished }, project)).toBe(wished);
    expect(statSync(wished).isDirectory()).toBe(true);
  });

  test('in a closed project moves, for root, to a place of its own that PostgreSQL’s user can reach', () => {
    chmodSync(project, 0o700);
    const folder = dataFolder({}, project);
    try {
      expect(folder.startsWith('/var/lib/rollcall/')).toBe(isRoot);
      expect(!isRoot || canReach(nobody, folder)).toBe(true);
      expect(dataFolder({}, project)).toBe(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('says in one sentence that a file is in the way', () => {
    writeFileSync(join(project, 'file'), '');
    expect(() => dataFolder({ dataDir: join(project, 'file', 'data') }, project)).toThrow(/^A file is in the way/);
  });
});

describe('canReach', () => {
  test('follows the mode bits of every folder on the way', () => {
    const inner = join(project, 'closed', 'inner');
    mkdirSync(inner, { recursive: true });
    expect(canReach(nobody, inner)).toBe(true);
    chmodSync(join(project, 'closed'), 0o700);
    expect(canReach(nobody, inner)).toBe(false);
    const { uid, gid } = statSync(inner);
    expect(canReach({ uid, gid }, inner)).toBe(true);
  });
});
