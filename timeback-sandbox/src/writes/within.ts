/** Writes within other records: members of a class, a term's grading periods, a user's agents and credentials, a course with its parts. */
import { type Answer, json, Refusal } from '../answers.js';
import type { Check } from '../body.js';
import type { Row } from '../query/matches.js';
import type { Sandbox } from '../sandbox.js';
import { anyText, listOf, number, object, shaped, word } from './checks.js';
import { findOrRefuse, withReferences } from './look-up.js';
import { create, keep, pairs, Unfit } from './records.js';
import { resourceNamed } from './resources.js';

export type Write = (sandbox: Sandbox, ids: readonly string[], body: Row) => Answer;

export const addMember =
  (role: 'student' | 'teacher'): Write =>
  (sandbox, [id], body) => {
    findOrRefuse(sandbox.view, 'classes', id!);
    const { user, primary, beginDate, endDate } = objectIn(body, 'enrollment');
    const enrollment = { role, class: { sourcedId: id }, user, primary, beginDate, endDate };
    return pairs(undefined, create(sandbox, resourceNamed('enrollments'), { enrollment }).sourcedId as string);
  };

export const addGradingPeriod: Write = (sandbox, [term], body) => {
  findOrRefuse(sandbox.view, 'terms', term!);
  const academicSession = { ...objectIn(body, 'academicSession'), parent: { sourcedId: term } };
  return json(201, { academicSession: create(sandbox, resourceNamed('gradingPeriods'), { academicSession }) });
};

type Reference = { sourcedId: string };
const agent = { check: object, to: 'users' } as const;

export const addAgent: Write = (sandbox, [id], body) => {
  const { agentSourcedId } = fitting(body, { agentSourcedId: word });
  const { index, row } = findOrRefuse(sandbox.view, 'users', id!);
  const agents = row.agents as Reference[];
  const added = withReferences(sandbox.view, { sourcedId: agentSourcedId }, agent);
  const isThere = agents.some(({ sourcedId }) => sourcedId === agentSourcedId);
  keep(sandbox, 'users', index, row, { ...row, agents: isThere ? agents : [...agents, added] });
  return json(200, {});
};

export const removeAgent: Write = (sandbox, [id, agentId]) => {
  const { index, row } = findOrRefuse(sandbox.view, 'users', id!);
  const agents = (row.agents as Reference[]).filter(({ sourcedId }) => sourcedId !== agentId);
  if (agents.length === (row.agents as unknown[]).length) throw new Refusal(404, 'Agent not found.');
  keep(sandbox, 'users', index, row, { ...row, agents });
  return json(200, {});
};

/** Nothing of them is kept: no secret stays in memory. */
export const registerCredentials: Write = (sandbox, [id], body) => {
  findOrRefuse(sandbox.view, 'users', id!);
  fitting(body, {
    applicationName: word,
    credentials: shaped({ username: anyText, password: anyText }, ['username', 'password']),
  });
  return json(201, { userProfileId: `profile-${id}`, credentialId: `credential-${id}`, message: 'Registered.' });
};

const lesson = shaped(
  {
    url: anyText,
    skillCode: anyText,
    lessonCode: anyText,
    title: anyText,
    'unit-title': anyText,
    status: anyText,
    xp: number,
  },
  ['url', 'skillCode', 'lessonCode', 'title', 'unit-title', 'status', 'xp'],
);

/** The course, and one component for each unit that its lessons name. */
export const createCourseStructure: Write = (sandbox, _, body) => {
  const { courseStructure } = fitting(body, { courseStructure: object });
  const lessons = Object.values(courseStructure as Row);
  const expected = listOf(lesson)(lessons);
  if (expected) throw new Unfit([{ courseStructure: `must hold ${expected}` }]);
  const { course } = body;
  const { sourcedId } = create(sandbox, resourceNamed('courses'), { course });
  const units = new Set(lessons.map((each) => (each as Row)['unit-title']));
  [...units].forEach((title, sortOrder) => {
    const courseComponent = { status: 'active', title, course: { sourcedId }, sortOrder };
    create(sandbox, resourceNamed('courseComponents'), { courseComponent });
  });
  return pairs((course as Row).sourcedId, sourcedId as string);
};

function objectIn(body: Row, key: string): Row {
  if (object(body[key])) throw new Unfit([{ [key]: 'must be an object' }]);
  return body[key] as Row;
}

function fitting(body: Row, checks: Record<string, Check>): Row {
  const wrong = Object.entries(checks).flatMap(([name, check]) =>
    check(body[name]) ? [{ [name]: `must be ${check(body[name])}` }] : [],
  );
  if (wrong.length > 0) throw new Unfit(wrong);
  return body;
}
