/**
 * Holds a provider's answers against 1EdTech's own OpenAPI document, which is not ours to ship: every operation, in collections
 * with combinations of parameters, and its refusals. Run by hand after a build:
 *   node scripts/check-provider.mjs <openapi.json> <origin> <client id> <secret>
 */
import { readFileSync } from 'node:fs';

const [file, origin, clientId, secret] = process.argv.slice(2);
const base = '/ims/oneroster/rostering/v1p2';

async function main() {
  if (!secret) {
    console.error('node scripts/check-provider.mjs <openapi.json> <origin> <client id> <secret>');
    return 2;
  }
  const { misfits } = await import('../connectors/dist/testing/json-schema.js');
  const document = JSON.parse(readFileSync(file, 'utf8'));
  const named = document.components.schemas;
  const read = await signedIn();
  const ids = await knownIds(read);
  let answers = 0;
  const faults = [];
  const judge = (path, operation, { status, body, total }, query) => {
    answers += 1;
    const response = operation.responses[status] ?? operation.responses.default;
    const schema = response.content['application/json'].schema;
    // A selection may lack what is required; it is judged by its refusal alone.
    const wrong = query.fields && status === 200 ? [] : misfits(body, schema, named);
    if (status === 200 && response.headers?.['X-Total-Count'] && !/^\d+$/.test(total ?? '')) wrong.push('no total');
    faults.push(...wrong.slice(0, 3).map((fault) => `${path} ${JSON.stringify(query)}: ${fault}`));
  };
  for (const [path, { get: operation }] of Object.entries(document.paths)) {
    const isList = operation.parameters.some(({ name }) => name === 'limit');
    for (const query of isList ? listQueries() : [{}, { fields: 'sourcedId' }, { fields: 'shoeSize' }])
      for (const of of [ids, () => 'unknown']) {
        const address = path.replace(/\{(\w+)\}/g, (_, name) => of(name, path));
        judge(path, operation, await read(address, query), query);
      }
  }
  for (const fault of faults) console.log(fault);
  console.log(`${Object.keys(document.paths).length} operations, ${answers} answers, ${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

/** Each with each, and what must be refused. */
function listQueries() {
  const filters = [
    undefined,
    "status='active'",
    "dateLastModified>'2026-01-01' AND status!='tobedeleted'",
    "shoeSize='1'",
  ];
  const sorts = [{}, { sort: 'dateLastModified', orderBy: 'desc' }, { sort: 'sourcedId' }];
  const pages = [{}, { limit: 500 }, { limit: 2, offset: 1 }, { limit: 0 }];
  const all = filters.flatMap((filter) =>
    sorts.flatMap((sort) => pages.map((page) => ({ ...(filter && { filter }), ...sort, ...page }))),
  );
  return [...all, { fields: 'sourcedId,status' }, { fields: 'shoeSize' }];
}

async function signedIn() {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
  const answer = await fetch(`${origin}/ims/oneroster/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = await answer.json();
  return async (path, query = {}) => {
    const url = `${origin}${base}${path}?${new URLSearchParams(query)}`;
    const reply = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return { status: reply.status, body: await reply.json(), total: reply.headers.get('x-total-count') };
  };
}

/** A record of each collection, for the holes of the addresses. */
async function knownIds(read) {
  const names = [
    'academicSessions',
    'classes',
    'courses',
    'enrollments',
    'gradingPeriods',
    'orgs',
    'schools',
    'students',
    'teachers',
    'terms',
    'users',
  ];
  const first = new Map();
  for (const name of names)
    first.set(name, Object.values((await read(`/${name}`, { limit: 1 })).body)[0]?.[0]?.sourcedId);
  const plural = {
    school: 'schools',
    class: 'classes',
    course: 'courses',
    term: 'terms',
    student: 'students',
    teacher: 'teachers',
    user: 'users',
  };
  return (name, path) => {
    const of = plural[name.replace('SourcedId', '')] ?? path.split('/')[1];
    return encodeURIComponent(first.get(of) ?? 'unknown');
  };
}

process.exitCode = await main();
