/** The control API: loopback only, no bearer. Every POST answers what it did, with counts. */
import { type Answer, json, Refusal } from '../answers.js';
import type { IncomingMessage } from 'node:http';
import type { Sandbox } from '../sandbox.js';
import { readFieldsOf } from '../body.js';
import { verbs } from './verbs.js';

export async function answerControl(sandbox: Sandbox, request: IncomingMessage, url: URL): Promise<Answer> {
  const name = url.pathname.replace('/control/', '').replace(/\/$/, '');
  const methods = verbs[name];
  if (!methods) throw new Refusal(404, `Unknown control "${name}"; known: ${Object.keys(verbs).join(', ')}.`);
  const verb = methods[request.method ?? ''];
  if (!verb) throw new Refusal(405, `"${name}" takes ${Object.keys(methods).join(', ')}.`);
  const body = request.method === 'POST' ? await readFieldsOf(request) : Object.fromEntries(url.searchParams);
  if (request.method !== 'GET') sandbox.marks.edited();
  return json(200, verb(sandbox, body));
}
