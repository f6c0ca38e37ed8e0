/** Runs TypeScript sources as ES modules through swc; the database and other services are started by scripts/test.mjs. */
export default {
  testEnvironment: 'node',
  roots: [
    'core/src',
    'connectors/src',
    'server/src',
    'timeback-sandbox/src',
    'bench/src',
    'faults/src',
    'scripts',
    'launcher',
  ].map((r) => `<rootDir>/${r}`),
  testMatch: process.env.ROLLCALL_FULL ? ['**/*.test.{ts,mjs}'] : ['**/*.test.{ts,mjs}', '!**/*.full.test.{ts,mjs}'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@rollcall/core$': '<rootDir>/core/src/index.ts',
    '^@rollcall/connectors$': '<rootDir>/connectors/src/index.ts',
    '^@rollcall/server/(.*)\\.js$': '<rootDir>/server/src/$1',
  },
  modulePathIgnorePatterns: ['/dist/'],
  transform: { '\\.ts$': ['@swc/jest', { configFile: false, swcrc: false, ...swc() }] },
  transformIgnorePatterns: ['/node_modules/', '/dist/', '\\.mjs$'],
  // Slow suites start whole instances, which would take each other's ports.
  maxWorkers: process.env.ROLLCALL_FULL ? 1 : 2,
  // Ends what hangs, and measures nothing: on a slow machine a command that starts a whole instance takes its time.
  testTimeout: process.env.ROLLCALL_FULL ? 300_000 : 120_000,
};

function swc() {
  return {
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  };
}
