/** References become secrets; a reference that leads nowhere is named, and no sentence ever holds a secret. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSecrets } from './secret-references.js';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'rollcall-secrets-'));
  mkdirSync(join(dataDir, 'secrets'));
  writeFileSync(join(dataDir, 'outside'), 'not yours', { mode: 0o600 });
  writeFileSync(join(dataDir, 'secrets', 'district'), 'from a file\n', { mode: 0o600 });
  writeFileSync(join(dataDir, 'secrets', 'open'), 'hunter2', { mode: 0o600 });
  chmodSync(join(dataDir, 'secrets', 'open'), 0o644);
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const resolve = (settings: unknown) =>
  resolveSecrets(settings, { env: { SECRET: 'from a variable', EMPTY: '' }, dataDir });

describe('a reference to a secret', () => {
  it('becomes the value of a variable', () => {
    expect(resolve({ clientId: 'a', clientSecretRef: 'env:SECRET' })).toEqual({
      clientId: 'a',
      clientSecret: 'from a variable',
    });
  });

  it('becomes the content of a file, without the line end that editors add', () => {
    expect(resolve({ clientSecretRef: 'file:district' })).toEqual({ clientSecret: 'from a file' });
  });

  it.each([
    'env:MISSING',
    'env:EMPTY',
    'file:missing',
    'file:../outside',
    'file:/etc/passwd',
    'vault:x',
    'SECRET',
    7,
    null,
  ])('is refused by name when it is %j', (reference) => {
    expect(() => resolve({ clientSecretRef: reference })).toThrow(
      expect.objectContaining({ code: 'invalid_configuration' }),
    );
    expect(() => resolve({ clientSecretRef: reference })).toThrow(/^The setting clientSecretRef /);
  });

  it('may list the present secret and the next; one that is gone, or not there yet, is left out while the other is there', () => {
    const both = ['env:SECRET', 'file:district'];
    expect(resolve({ clientSecretRef: both })).toEqual({
      clientSecret: 'from a variable',
      clientSecretNext: 'from a file',
    });
    expect(resolve({ clientSecretRef: ['env:MISSING', 'file:district'] })).toEqual({ clientSecret: 'from a file' });
    expect(resolve({ clientSecretRef: ['env:SECRET', 'file:missing'] })).toEqual({ clientSecret: 'from a variable' });
  });

  it.each([
    [[]],
    [['env:MISSING', 'file:missing']],
    [['env:SECRET', 'SECRET']],
    [['env:SECRET', 'env:SECRET', 'env:SECRET']],
  ])('is refused by name when it lists %j', (references) => {
    expect(() => resolve({ clientSecretRef: references })).toThrow(/^The setting clientSecretRef /);
  });

  it('is refused when others may read the file, without what stands in it', () => {
    expect(() => resolve({ clientSecretRef: 'file:open' })).toThrow(/others may read: chmod 600/);
    expect(() => resolve({ clientSecretRef: 'file:open' })).not.toThrow(/hunter2/);
  });
});

it.each([{ baseUrl: 'http://127.0.0.1', pageSize: 3 }, null, 'text', [1]])('leaves %j as it is', (settings) => {
  expect(resolve(settings)).toEqual(settings);
});
