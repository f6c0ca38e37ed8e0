/** The calls of TimeBack where the live API surprises: refusals in words, ids that are taken, ends that are not known, keys that differ. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { apiKey } from '../../http/auth/static-credentials.js';
import { BaseApiClient } from '../../http/base-api-client.js';
import { Transport } from '../../http/transport.js';
import { answerJson, FakeSource, type Handler } from '../../testing/fake-source.js';
import { callContext, LeapingClock, realClock, testPorts } from '../../testing/ports.js';
import { TimeBackApiClient } from './timeback-api-client.js';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function arranged(handler: Handler) {
  const source = await FakeSource.start(handler);
  const ports = testPorts(new LeapingClock());
  const transport = new Transport({ attemptTimeoutMs: 2000, maxBodyBytes: 1e6, gzip: false, maxSockets: 4 }, ports);
  open.push(
    () => transport.close(),
    () => source.stop(),
  );
  const policy = {
    maxAttempts: 3,
    deadlineMs: 60_000,
    maxWaitMs: 5000,
    baseDelayMs: 10,
    maxDelayMs: 10,
    maxInFlight: 4,
  };
  const client = new BaseApiClient(transport, apiKey({ key: 'k' }), policy, ports);
  const settings = { baseUrl: source.baseUrl, rosteringPath: '/r', trailingSlash: true, totalField: 'totalCount' };
  return { source, ports, api: new TimeBackApiClient(settings, client, realClock) };
}

const context = callContext();
const course = { sourcedId: 'c-1', status: 'active', title: 'Mathematics 5', org: { sourcedId: 'o-1' } } as const;
const refusal = (text: string) => ({ imsx_codeMajor: 'failure', imsx_description: text });

describe('a write', () => {
  it('is done with the id that the source gave', async () => {
    const { source, api } = await arranged((_, response) =>
      answerJson(response, 201, { sourcedIdPairs: { suppliedSourcedId: 'c-1', allocatedSourcedId: 'theirs' } }),
    );
    expect(await api.create('courses', course, context)).toEqual({ done: true, sourcedId: 'theirs' });
    expect(source.requests[0]).toMatchObject({ method: 'POST', url: '/r/courses/', body: JSON.stringify({ course }) });
  });

  it.each([
    ['exists', 404, refusal('Course with this sourcedId already exists')],
    ['exists', 409, {}],
    ['missing', 404, refusal('Org not found.')],
    ['invalid', 422, refusal('title is required')],
  ])('%s: a %d is a refusal that the caller can act on, said once', async (reason, status, body) => {
    const { source, ports, api } = await arranged((_, response) => answerJson(response, status, body));
    expect(await api.create('courses', course, context)).toMatchObject({ done: false, reason, status });
    expect(source.requests).toHaveLength(1);
    expect(JSON.stringify(ports.lines)).not.toContain('title is required');
  });

  it('a gateway’s page is no refusal but a fault', async () => {
    const { api } = await arranged((_, response) => void response.writeHead(404).end('<html>'));
    await expect(api.create('courses', course, context)).rejects.toMatchObject({ code: 'source_bad_response' });
  });

  it.each([200, 201, 204])('a %d with whatever body is a success', async (status) => {
    const { api } = await arranged((_, response) => void response.writeHead(status).end(status === 204 ? '' : '{}'));
    expect(await api.replace('courses', 'c-1', course, context)).toEqual({ done: true, sourcedId: null });
    expect(await api.remove('courses', 'c-1', context)).toEqual({ done: true, sourcedId: null });
  });
});

describe('a create of unknown end', () => {
  const endingWith =
    (found: object | null): Handler =>
    (request, response, number) => {
      if (number === 1) request.socket.destroy();
      else if (request.method === 'POST') answerJson(response, 201, {});
      else if (found) answerJson(response, 200, { course: found });
      else answerJson(response, 404, refusal('Course not found.'));
    };
  const methods = (source: FakeSource) => source.requests.map(({ method }) => method).join(' ');

  it('is done when what was sent is there', async () => {
    const { source, api } = await arranged(
      endingWith({ ...course, dateLastModified: 'x', org: { sourcedId: 'o-1', type: 'org' } }),
    );
    expect(await api.create('courses', course, context)).toEqual({ done: true, sourcedId: 'c-1' });
    expect(methods(source)).toBe('POST GET');
  });

  it('is made again when nothing is there', async () => {
    const { source, api } = await arranged(endingWith(null));
    expect(await api.create('courses', course, context)).toMatchObject({ done: true });
    expect(methods(source)).toBe('POST GET POST');
  });

  it('is refused when somebody else’s record is there', async () => {
    const { source, api } = await arranged(endingWith({ ...course, title: 'Chemistry' }));
    expect(await api.create('courses', course, context)).toMatchObject({ done: false, reason: 'exists' });
    expect(methods(source)).toBe('POST GET');
  });

  it('is in doubt when the source makes up the id', async () => {
    const { source, api } = await arranged(endingWith(null));
    const { sourcedId: _, ...nameless } = course;
    await expect(api.create('courses', nameless, context)).rejects.toMatchObject({ publicText: /did not say whether/ });
    expect(methods(source)).toBe('POST');
  });
});

describe('a read', () => {
  it('takes the students of a class under either key', async () => {
    const { api } = await arranged((_, response, number) =>
      answerJson(response, 200, { [number === 1 ? 'users' : 'students']: [{ sourcedId: 'u' }], totalCount: 1 }),
    );
    for (let time = 0; time < 2; time += 1)
      expect(await api.listWithin('classStudents', ['a/b'], {}, context)).toMatchObject({ rows: [{ sourcedId: 'u' }] });
  });

  it('a list that is not there is a fault, never an empty page', async () => {
    const { api } = await arranged((_, response) => answerJson(response, 200, { totalCount: 0 }));
    await expect(api.list('users', {}, context)).rejects.toMatchObject({ code: 'source_bad_response' });
  });

  it('another record than the one asked for is a fault', async () => {
    const { api } = await arranged((_, response) => answerJson(response, 200, { user: { sourcedId: 'other' } }));
    await expect(api.get('users', 'u', context)).rejects.toMatchObject({ code: 'source_inconsistent' });
  });

  it.each(['', '.', '..'])('the id %j, which would name another address, is not asked for', async (id) => {
    const { source, api } = await arranged((_, response) => answerJson(response, 200, {}));
    await expect(async () => api.get('users', id, context)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(source.requests).toHaveLength(0);
  });

  it('ids with commas or quotes are looked up alone, the others together', async () => {
    const { source, api } = await arranged((request, response) => {
      const filter = new URL(request.url!, 'http://x').searchParams.get('filter');
      const ids = filter ? /@'(.*)'/.exec(filter)![1]!.split(',') : [];
      if (filter) return answerJson(response, 200, { users: ids.map((sourcedId) => ({ sourcedId })), totalCount: 2 });
      answerJson(response, 200, { user: { sourcedId: decodeURIComponent(request.url!.split('/').at(-1)!) } });
    });
    const ids = ['a', 'b', "o'neil", 'x,y'];
    const found = await Promise.all(ids.map((id) => api.find('users', id, context)));
    expect(found.map((row) => row?.sourcedId)).toEqual(ids);
    expect(source.requests).toHaveLength(3);
  });
});
