/** Every write of the rostering API by method and path; one that the API does not have is refused with 405. */
import type { IncomingMessage } from 'node:http';
import { type Answer, json, Refusal } from '../answers.js';
import { readFieldsOf } from '../body.js';
import { idsIn, isPattern } from '../collections/path-pattern.js';
import type { Sandbox } from '../sandbox.js';
import { create, pairs, remove, replace, Unfit } from './records.js';
import { type Resource, resources } from './resources.js';
import * as within from './within.js';

type Route = readonly [method: string, pattern: string, write: within.Write];

const routesOf = (resource: Resource): Route[] => {
  const { path, writeKey, put, putsParts } = resource;
  return [
    [
      'POST',
      path,
      (sandbox, _, body) => {
        const id = create(sandbox, resource, body).sourcedId as string;
        return pairs((body[writeKey] as { sourcedId?: string }).sourcedId, id);
      },
    ],
    [
      'PUT',
      `${path}/*`,
      (sandbox, [id], body) =>
        json(put.status, put.body(replace(sandbox, resource, id!, body, putsParts ? 'part' : 'replace'))),
    ],
    [
      'DELETE',
      `${path}/*`,
      (sandbox, [id]) => {
        remove(sandbox, resource, id!);
        return { status: 204, body: '' };
      },
    ],
  ];
};

const patch: within.Write = (sandbox, [id], body) => {
  replace(
    sandbox,
    resources.find(({ name }) => name === 'enrollments')!,
    id!,
    body,
    'part',
  );
  return json(200, {});
};

/** The longer ones first: `courses/components` is no course. */
const routes: readonly Route[] = [
  ['POST', 'classes/*/students', within.addMember('student')],
  ['POST', 'classes/*/teachers', within.addMember('teacher')],
  ['POST', 'terms/*/gradingPeriods', within.addGradingPeriod],
  ['POST', 'users/*/agents', within.addAgent],
  ['DELETE', 'users/*/agents/*', within.removeAgent],
  ['POST', 'users/*/credentials', within.registerCredentials],
  ['POST', 'courses/structure', within.createCourseStructure],
  ['PATCH', 'enrollments/*', patch],
  ...[...resources].toReversed().flatMap(routesOf),
];

/** Below the rostering base; `*` stands for an id. */
export const writePatterns: readonly string[] = routes.map(([, pattern]) => pattern);

export async function answerWrite(
  sandbox: Sandbox,
  request: IncomingMessage,
  parts: readonly string[],
): Promise<Answer> {
  const route = routes.find(([method, pattern]) => method === request.method && isPattern(pattern, parts));
  if (!sandbox.settings.preset.takesWrites || !route) throw new Refusal(405, 'This cannot be written.');
  const [, pattern, write] = route;
  const body = await readFieldsOf(request);
  try {
    return write(sandbox, idsIn(pattern, parts), body);
  } catch (error) {
    if (error instanceof Unfit) return error.answer();
    throw error;
  }
}
