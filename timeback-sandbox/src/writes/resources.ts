/** The resources that can be written, each with the ways of its answers, which differ from one to the other. Source: the published document. */
import type { Row } from '../query/matches.js';
import type { WritableName } from './fields.js';

export interface Resource {
  readonly name: WritableName;
  readonly path: string;
  /** of the object in a body */
  readonly writeKey: string;
  /** no id is made up for it */
  readonly needsId: boolean;
  /** how a PUT is answered */
  readonly put: { readonly status: 200 | 201; readonly body: (row: Row) => unknown };
  /** A PUT may leave things out. */
  readonly putsParts: boolean;
  /** The status of an id that is taken already: 404 and 500 were seen live, elsewhere it is not known and the document's 422 is taken. */
  readonly taken: 404 | 422 | 500;
}

const nothing = () => ({});
const bare = (row: Row) => row;

const resource = (name: WritableName, writeKey: string, more: Partial<Resource> = {}): Resource => ({
  name,
  path: name,
  writeKey,
  needsId: false,
  put: { status: 200, body: bare },
  putsParts: false,
  taken: 422,
  ...more,
});

export const resources: readonly Resource[] = [
  resource('orgs', 'org', { put: { status: 201, body: nothing } }),
  resource('schools', 'org'),
  resource('users', 'user', { put: { status: 200, body: (user) => ({ user }) } }),
  resource('courses', 'course', { put: { status: 200, body: nothing }, taken: 404 }),
  resource('classes', 'class', { putsParts: true }),
  resource('enrollments', 'enrollment', { put: { status: 201, body: nothing } }),
  resource('academicSessions', 'academicSession', { needsId: true }),
  resource('gradingPeriods', 'academicSession', { needsId: true, put: { status: 201, body: nothing } }),
  resource('demographics', 'demographics', { needsId: true }),
  resource('courseComponents', 'courseComponent', {
    path: 'courses/components',
    put: { status: 200, body: nothing },
    taken: 404,
  }),
  resource('componentResources', 'componentResource', {
    path: 'courses/component-resources',
    needsId: true,
    put: { status: 200, body: nothing },
    taken: 500,
  }),
];

export const resourceNamed = (name: WritableName): Resource => resources.find((each) => each.name === name)!;
