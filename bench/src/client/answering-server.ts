/** A source that answers every request at once with the same few rows: what remains is what the client costs. Prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const users = Array.from({ length: 20 }, (_, at) => ({
  sourcedId: `user-${at}`,
  status: 'active',
  dateLastModified: '2026-11-23T08:00:00.000Z',
  username: `student.${at}`,
  enabledUser: 'true',
  givenName: 'Edda',
  familyName: 'Ahlgren',
  roles: [
    { roleType: 'primary', role: 'student', org: { sourcedId: 'org-1', type: 'org', href: 'https://x.example' } },
  ],
  email: `student.${at}@example.org`,
  grades: ['5'],
}));
const body = Buffer.from(JSON.stringify({ users, totalCount: users.length }));

const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));
