/**
 * The configuration of dependency-cruiser, generated from rooms.mjs: imports go one way, tools stay in their rooms, and
 * there are no cycles and no barrel files.
 */
import { serverRooms, toolOwners, workspaces } from './rooms.mjs';

const rule = (name, from, to) => ({ name, severity: 'error', from, to });
const anyOf = (words) => `(${words.join('|')})`;
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** As dependency-cruiser reports an installed package, and one that is not installed. */
const packages = (names) =>
  `(^|node_modules/)(@types/)?${anyOf(names.map((name) => escaped(name) + (name.endsWith('/') ? '' : '(/|$)')))}`;

/** Tests may bring tools of their own, but they stand in a room and import like it. */
const TESTS = '\\.test\\.ts$';
const TESTING = '/src/testing/';

const workspaceRules = Object.entries(workspaces).map(([name, allowed]) => {
  const others = Object.keys(workspaces).filter((other) => other !== name && !allowed.includes(other));
  return rule(`${name}-imports-upward`, { path: `^${name}/src/` }, { path: `^${anyOf(others)}/` });
});

const roomRules = serverRooms.flatMap((line, index) =>
  line.map((room) => {
    const above = serverRooms.slice(index + 1).flat();
    const strangers = line.filter((other) => other !== room);
    const closed = [...above, ...strangers];
    return rule(
      `server-${room}-imports-upward-or-sideways`,
      { path: `^server/src/${room}/` },
      { path: closed.length ? `^server/src/${anyOf(closed)}/` : '^$' },
    );
  }),
);

const toolRules = toolOwners.map(({ packages: names, places }) =>
  rule(
    `${names[0].replace(/\W/g, '')}-outside-its-rooms`,
    { path: '^[^/]+/src/', pathNot: [`^${anyOf(places)}/`, TESTS] },
    { path: packages(names) },
  ),
);

const purityRules = [
  rule(
    'core-imports-zod-only',
    { path: '^core/src/', pathNot: [TESTS, TESTING] },
    { pathNot: ['^core/src/', packages(['zod'])] },
  ),
  rule(
    'sandbox-stands-alone',
    { path: '^timeback-sandbox/src/', pathNot: TESTS },
    { pathNot: '^timeback-sandbox/src/', dependencyTypesNot: ['core'] },
  ),
  rule('prisma-stays-in-store', { pathNot: '^(server/src/store|bench)/' }, { path: '^server/src/store/prisma/' }),
  rule('tests-are-not-imported', {}, { path: TESTS }),
];

const orderRules = [
  // Generated code holds cycles of types; it is nobody's to tidy.
  rule('no-cycles', { pathNot: '/generated/' }, { circular: true, viaOnly: { pathNot: '/generated/' } }),
  rule('no-barrel-files', { path: '/src/.+/index\\.ts$' }, {}),
  rule(
    'no-passing-on',
    { path: '^[^/]+/src/', pathNot: ['^[^/]+/src/index\\.ts$', '/generated/'] },
    { dependencyTypes: ['export'] },
  ),
  rule('no-missing-files', {}, { couldNotResolve: true }),
];

export default {
  forbidden: [...workspaceRules, ...roomRules, ...toolRules, ...purityRules, ...orderRules],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: `^${anyOf(Object.keys(workspaces))}/dist/` },
    // Types count: a type from above ties the rooms together as much as a function does.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
