/** The HTTP server: routes each request to token, control, read or write, under the faults of the moment. */
import { type Answer, errorBody, Refusal, send } from './answers.js';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { interrupt, spoilAnswer } from './faults/request-faults.js';
import { type Collection, collectionByName } from './collections/catalogue.js';
import type { Hits } from './faults/rules.js';
import { Sandbox, type SandboxSettings } from './sandbox.js';
import { answerControl } from './control/router.js';
import { notModified } from './etag.js';
import { list } from './collections/list.js';
import { type Nested, nestedAt } from './collections/nested.js';
import { type OwnRead, ownReadAt } from './collections/own-reads.js';
import { isPattern } from './collections/path-pattern.js';
import { answerWrite, writePatterns } from './writes/router.js';
import type { Preset } from './presets.js';
import { setTimeout as wait } from 'node:timers/promises';
import { shapedError } from './oneroster/error-bodies.js';
import { single } from './collections/single.js';

/** A path that is no URL counts as the root, which is unknown. */
function locationOf(request: IncomingMessage): URL {
  const location = `http://sandbox${request.url ?? '/'}`;
  return new URL(URL.canParse(location) ? location : 'http://sandbox/');
}

interface Target {
  /** for the log: no ids */
  label: string;
  path: string;
  params: URLSearchParams;
  isToken: boolean;
  collection?: Collection;
  id?: string;
  nested?: Nested;
  ownRead?: OwnRead;
  /** below the rostering base, decoded; none elsewhere */
  parts: string[];
}

export function createSandboxServer(settings: SandboxSettings): Server {
  const sandbox = new Sandbox(settings);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const url = locationOf(request);
    if (url.pathname.startsWith('/control/')) {
      const answer = refusable(() => answerControl(sandbox, request, url), controlRefusal);
      void answer.then((a) => send(request, response, a)).catch(() => response.destroy());
      return;
    }
    const target = locate(sandbox, url);
    sandbox.log.begin(target.label, target.isToken);
    response.once('close', () => sandbox.log.end(response.statusCode));
    const refuse = target.isToken ? apiRefusal : refusalOf(settings.preset);
    const answer = refusable(() => answerRead(sandbox, request, target), refuse);
    void answer.then((a) => send(request, response, a)).catch(() => response.destroy());
  });
  return server;
}

const apiRefusal = (status: number, text: string): Answer => ({ status, body: errorBody(status, text) });
const refusalOf =
  ({ oneRoster }: Preset): typeof apiRefusal =>
  (status, text) => ({ status, ...shapedError(oneRoster?.errors ?? 'root', status, text) });
const controlRefusal = (status: number, text: string): Answer => ({ status, body: JSON.stringify({ error: text }) });

async function refusable(work: () => Promise<Answer>, refuse: typeof apiRefusal): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.status, error.message);
    console.error(error);
    return refuse(500, 'The sandbox failed on this request.');
  }
}

function locate(sandbox: Sandbox, url: URL): Target {
  const { base, tokenPath } = sandbox.settings.preset;
  const { oneRoster } = sandbox.settings.preset;
  const path = url.pathname.replace(/\/$/, '');
  // Plain OneRoster servers mind the slash.
  const isToken = (oneRoster ? url.pathname : path) === tokenPath;
  const target: Target = { label: path, path, params: url.searchParams, isToken, parts: [] };
  if (!path.startsWith(`${base}/`)) return { ...target, label: target.isToken ? path : 'unknown' };
  const parts = path
    .slice(base.length + 1)
    .split('/')
    .map(safeDecode);
  return oneRoster ? locateRecords({ ...target, parts }, base) : locateWithin({ ...target, parts }, base);
}

function locateRecords(target: Target, base: string): Target {
  const [name, id, ...rest] = target.parts;
  const collection = rest.length === 0 ? collectionByName.get(name!) : undefined;
  if (!collection) return { ...target, label: 'unknown' };
  const label = `${base}/${name}${id === undefined ? '' : '/{sourcedId}'}`;
  return { ...target, label, collection, ...(id === undefined ? {} : { id }) };
}

/** Also lists within others and the like, which plain OneRoster servers often lack or give to a wider scope only. */
function locateWithin(target: Target, base: string): Target {
  const labelled = (pattern: string) => ({ ...target, label: `${base}/${pattern.replaceAll('*', '{sourcedId}')}` });
  const { parts } = target;
  const ownRead = ownReadAt(parts);
  if (ownRead) return { ...labelled(ownRead.pattern), ownRead };
  const nested = nestedAt(parts);
  if (nested) return { ...labelled(nested.pattern), collection: nested.collection, nested };
  const record = locateRecords(target, base);
  const written = record.collection ? undefined : writePatterns.find((pattern) => isPattern(pattern, parts));
  return written ? labelled(written) : record;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function answerRead(sandbox: Sandbox, request: IncomingMessage, target: Target): Promise<Answer> {
  const { path, collection, params } = target;
  const isList = isRead(request) && collection && target.id === undefined;
  const listOffset = isList ? Number(params.get('offset') ?? 0) : undefined;
  const hits = sandbox.faults.hits({ path, collection: collection?.name, listOffset });
  if (hits.delay) await wait(hits.delay.ms as number);
  const early = interrupt(hits);
  if (early) return early;
  const answer = target.isToken ? await sandbox.tokens.mint(request) : await read(sandbox, request, target, hits);
  return spoilAnswer(answer, hits);
}

const isRead = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD';

async function read(sandbox: Sandbox, request: IncomingMessage, target: Target, hits: Hits): Promise<Answer> {
  const usesAllowed = hits['token-expiry']?.uses as number | undefined;
  if (!target.collection && sandbox.settings.preset.oneRoster) throw new Refusal(404, 'Unknown path.');
  if (!sandbox.tokens.accepts(request, usesAllowed) && !sandbox.signatures?.accepts(request))
    throw new Refusal(401, 'Unauthorized: token missing or expired.');
  if (!isRead(request)) {
    if (target.label === 'unknown') throw new Refusal(404, 'Unknown path.');
    return answerWrite(sandbox, request, target.parts);
  }
  // No marks under faults, and none of plain OneRoster servers: their specification knows none.
  if (Object.keys(hits).length > 0 || sandbox.settings.preset.oneRoster) return readNow(sandbox, request, target, hits);
  const mark = sandbox.marks.of(request);
  const same = notModified(request, mark);
  if (same) return same;
  const answer = await readNow(sandbox, request, target, hits);
  return answer.status === 200 ? { ...answer, headers: { ...answer.headers, etag: mark } } : answer;
}

async function readNow(sandbox: Sandbox, request: IncomingMessage, target: Target, hits: Hits): Promise<Answer> {
  const { collection, id, nested, ownRead } = target;
  if (ownRead) return ownRead.read(sandbox.view, sandbox.settings.preset, target.params);
  const params = nested ? within(nested.filter(sandbox.view), target.params) : target.params;
  if (!collection) throw new Refusal(404, 'Unknown path.');
  if (id !== undefined) return single(sandbox.view, collection, id, params, sandbox.settings.preset.oneRoster);
  const { view, selections, settings, pages } = sandbox;
  const edited = () => sandbox.marks.edited();
  return list({ view, selections, pages, edited, preset: settings.preset, collection, params, hits });
}

/** The filter of the path, and the one that was asked for. */
function within(filter: string, asked: URLSearchParams): URLSearchParams {
  const params = new URLSearchParams(asked);
  const more = asked.get('filter')?.trim();
  params.set('filter', more ? `${filter} AND ${more}` : filter);
  return params;
}
