/** What is wrong with a command line is said in one sentence with a next step and code 2, and as JSON where JSON was asked for. */
import { describe, expect, it } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { systemClock } from '../telemetry/system-clock.js';
import { runCli } from './program.js';
import type { Surroundings } from './surroundings.js';

async function cli(words: string[], env: NodeJS.ProcessEnv = {}) {
  const text = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => new PassThrough().on('data', (chunk) => (text[name] += String(chunk)));
  const never = () => {
    throw new Error('a wrong command line must start nothing');
  };
  const at: Surroundings = {
    env: { ROLLCALL_CONFIG_FILE: '/nonexistent/rollcall.config.json', ...env },
    out: stream('out'),
    err: stream('err'),
    stop: new AbortController().signal,
    clock: systemClock,
    compose: never,
    runWorker: never,
    runApi: never,
    programs: { worker: '', api: '', sandbox: '' },
  };
  const code = await runCli(words, at);
  await new Promise(setImmediate);
  return { code, ...text };
}

const wrong: [words: string, sentence: RegExp][] = [
  ['dance', /^Unknown command 'dance'\. Try --help\.$/],
  ['up --students many', /must be a whole number from 1 to 2000000\. Try --help\.$/],
  ['up --students 0', /must be a whole number from 1 to 2000000\. Try --help\.$/],
  ['up --seed -1', /whole number/],
  ['up --out', /^Option '--out <file>' argument missing\. Try --help\.$/],
  ['up extra', /^Too many arguments/],
  ['sync', /^Missing required argument 'integration'\. Try --help\.$/],
  ['sync a --fast', /^Unknown option '--fast'\. Try --help\.$/],
  ['sync a --full --plan', /cannot be used with option/],
  ['sync a --records users', /must be records like users:ID,classes:ID; there are orgs/],
  ['sync a --records pupils:1', /must be records like users:ID/],
  ['sync a --records users:1 --incremental', /cannot be used with option/],
  ['integration strategy x', /^Missing required argument 'strategy'\./],
  ['integration strategy x fast', /one of full, incremental, real-time/],
  ['integration strategy x full --full-every soon', /number with its unit/],
  ['integration rank x 2', /^Required option '--reason <text>' not specified\./],
  ['integration rank x first --reason r', /whole number from 0 to 1000/],
  ['integration add x --rank -2', /whole number from 0 to 1000/],
  ['mappings sources pupils x', /Allowed choices are orgs/],
  ['mappings differing', /^Missing required argument 'integration'\./],
  ['integration cache', /^Missing required argument 'name'\./],
  ['integration configure x --set [1]', /must be a JSON object/],
  ['integration configure x --environment home', /one of sandbox, staging, production/],
  ['health check', /^Missing required argument 'integration'\./],
  ['health x y', /^Too many arguments/],
  ['csv check', /^Missing required argument 'path'\./],
  ['csv check a --oneroster 2', /Allowed choices are auto, 1\.1, 1\.2/],
  ['clients add', /^Missing required argument 'name'\./],
  ['clients add x --scopes everything', /Allowed choices are roster\.readonly/],
  ['clients add x --schools a --all-schools', /cannot be used with option/],
  ['clients change', /^Missing required argument 'client'\./],
  ['clients change x --withhold users.email --withhold-nothing', /cannot be used with option/],
  ['clients rotate x --overlap soon', /number with its unit/],
  ['clients revoke', /^Missing required argument 'client'\./],
  ['runs list --limit 0', /whole number from 1 to 1000/],
  ['runs show', /^Missing required argument 'id'\./],
  ['holds show', /^Missing required argument 'id'\./],
  ['holds show a --offset -1', /whole number from 0/],
  ['holds approve', /^Required option '--digest <digest>' not specified\./],
  [`holds approve --digest ${'d'.repeat(64)} --reason r`, /^Missing required argument 'id'\./],
  ['holds approve a --reason r', /^Required option '--digest <digest>' not specified\. Try --help\.$/],
  ['holds approve a --digest d --reason r', /must be the digest that "holds show" prints/],
  [`holds approve a --digest ${'d'.repeat(64)} --reason r --rows 1,2`, /must be local ids, separated by commas/],
  [`holds approve a --digest ${'d'.repeat(64)} --reason r --rows ,`, /must be local ids, separated by commas/],
  [`holds decline a --digest ${'d'.repeat(64)}`, /^Required option '--reason <text>' not specified\./],
  ['holds decline a --reason r --rows-file /nonexistent/rows', /must be a file that can be read/],
  ['runs undo', /^Required option '--reason <text>' not specified\./],
  ['runs undo --reason r', /^Missing required argument 'id'\./],
  ['runs undo a --reason r --rows', /^Option '--rows <ids>' argument missing\./],
  ['runs timeline', /^Missing required argument 'id'\./],
  ['runs timeline last --follow yes', /^Too many arguments/],
  ['runs changes', /^Missing required argument 'id'\./],
  ['runs changes last --state done', /Allowed choices are planned, applied, held/],
  ['runs changes last --entity pupils', /Allowed choices are orgs/],
  ['runs changes last --limit 0', /whole number from 1 to 1000/],
  ['integration add x --settings [1]', /must be a JSON object/],
  ['mappings lookup', /^Missing required argument 'id'\./],
  ['mappings list', /^Required option '--integration <name>' not specified\./],
  ['mappings list --integration x --state gone', /Allowed choices are active, missing/],
  ['mappings set a b --integration x', /^Required option '--reason <text>' not specified\./],
  ['mappings unlink --integration x --reason r', /^Missing required argument 'external-id'\./],
  ['mappings merge a --reason r', /^Missing required argument 'loser'\./],
  ['mappings unmerge --reason r', /^Missing required argument 'merge'\./],
  ['mappings import --integration x --reason r', /^Missing required argument 'file'\./],
  ['mappings import a --integration x --reason r --format xml', /Allowed choices are csv, jsonl/],
  ['mappings export', /^Required option '--integration <name>' not specified\./],
  ['mappings check --limit 1', /^Unknown option '--limit'/],
  ['mappings warm --integration x --entity pupils', /Allowed choices are orgs/],
  ['migrate --down 0', /whole number/],
  ['runs cancel', /^Missing required argument 'id'\./],
  ['integration pause x', /^Required option '--reason <text>' not specified\./],
  ['schedule add x --every soon', /number with its unit, like 90s, 15m, 6h or 1d/],
  ['schedule add x --strategy fast', /one of full, incremental/],
  ['dead-letters show', /^Missing required argument 'id'\./],
  ['dead-letters list --state gone', /Allowed choices are open, replayed, edited/],
  ['dead-letters replay --fingerprint x --reason r', /must be a fingerprint that "dead-letters list" prints/],
  ['dead-letters replay --all', /^Required option '--reason <text>' not specified\./],
  ['dead-letters edit a --set name --reason r', /must be field=value/],
  ['dead-letters edit a --set grades=[ --reason r', /looks like JSON and cannot be read/],
  ['dead-letters edit a --reason r', /^Required option '--set <field=value\.\.\.>' not specified\./],
  ['dead-letters discard a', /^Required option '--reason <text>' not specified\./],
  ['schedule remove', /^Missing required argument 'id'\./],
  ['limits set --rows 5 --reason r', /^Required option '--share <share>' not specified\./],
  ['limits set --share 1.5 --rows 5 --reason r', /part from 0 to 1, or from 0% to 100%/],
  ['limits set --share 101% --rows 5 --reason r', /part from 0 to 1/],
  ['limits set --share 5% --rows 0 --reason r', /whole number from 1/],
  ['limits set --share 5% --rows 5', /^Required option '--reason <text>' not specified\./],
  ['limits set --share 5% --rows 5 --reason r --entity pupils', /Allowed choices are orgs/],
  ['limits set --share 5% --rows 5 --reason r --operation delete', /Allowed choices are create/],
  ['limits set --share 5% --rows 5 --reason r --season summer', /Allowed choices are term_start/],
  ['limits remove', /^Required option '--reason <text>' not specified\./],
  ['limits remove --reason r', /^Missing required argument 'id'\./],
  ['limits explain', /^Missing required argument 'run'\./],
  ['limits explain last --verdict maybe', /Allowed choices are held, passed, exempt/],
  [
    'limits calendar add x --from 2027-01-04 --to 2027-01-05 --reason r',
    /^Required option '--kind <kind>' not specified\./,
  ],
  ['limits calendar add x --kind break --from 2027-02-30 --to 2027-03-01 --reason r', /must be a day like 2027-01-04/],
  ['limits calendar remove x', /^Required option '--reason <text>' not specified\./],
  ['sandbox --port 70000', /whole number from 0 to 65535/],
  ['csv upload x', /^Missing required argument 'zip'\./],
  ['export', /^Required option '--to <file>' not specified\./],
  ['export --to --school', /must be the name of a file/],
];

describe('a wrong command line', () => {
  it.each(wrong)('"%s" is refused in one sentence', async (words, sentence) => {
    const { code, out, err } = await cli(words.split(' '));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd()).toMatch(sentence);
    expect(err.trimEnd()).not.toContain('\n');
  });

  it.each(wrong)('"%s" is refused as JSON where that was asked for', async (words) => {
    const { code, out } = await cli([...words.split(' '), '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: { code: 'usage', message: expect.any(String), nextStep: 'Try --help.' } });
  });

  it('without any word shows the help on standard error, with code 2', async () => {
    const { code, out, err } = await cli([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/Usage: rollcall/);
  });
});

describe('help', () => {
  const commands = [
    'up',
    'sync',
    'runs',
    'holds',
    'integration',
    'schedule',
    'dead-letters',
    'csv',
    'export',
    'sandbox',
    'serve',
    'worker',
    'migrate',
    'doctor',
  ];

  it('names every command', async () => {
    const { code, out } = await cli(['--help']);
    expect(code).toBe(0);
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  it.each([
    ...['up', 'sync', 'runs list', 'runs show', 'runs changes', 'runs undo'],
    ...['holds list', 'holds show', 'holds approve', 'holds decline', 'integration add', 'integration list'],
    ...['runs cancel', 'integration pause', 'integration resume', 'integration strategy', 'integration test'],
    ...['integration rank', 'mappings sources', 'mappings differing'],
    ...['schedule add', 'schedule list', 'schedule remove'],
    ...['dead-letters list', 'dead-letters show', 'dead-letters replay', 'dead-letters edit', 'dead-letters revert'],
    ...['csv check', 'csv upload', 'export'],
    ...['dead-letters discard', 'sandbox', 'sandbox control', 'serve', 'worker', 'migrate', 'doctor'],
  ])('of "%s" says what it does, and that it speaks JSON', async (words) => {
    const { code, out } = await cli([...words.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/\n\n[A-Z][^\n]+\n/);
    expect(out).toMatch(/--json/);
  });
});

describe('a wrong surrounding', () => {
  it('is named in one sentence with code 2, also as JSON', async () => {
    const { code, out, err } = await cli(['runs', 'list', '--json'], { ROLLCALL_API_PORT: 'many' });
    expect(code).toBe(2);
    expect(JSON.parse(out).error).toMatchObject({ code: 'setup_problem' });
    expect(err.trimEnd()).toBe('ROLLCALL_API_PORT must be a port number from 0 to 65535, but is "many".');
  });

  it('without a running sandbox, "sandbox control" says how to get one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-cli-'));
    const { code, err } = await cli(['sandbox', 'control', 'edit'], { ROLLCALL_DATA_DIR: folder });
    expect(code).toBe(1);
    expect(err).toMatch(/start one with "up"/);
  });
});
