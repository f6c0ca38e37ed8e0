/**
 * The one ordered list of rooms. Every rule about who may import whom, and which room owns which tool, is generated from
 * it; a new room is a new word here.
 */

/** Each workspace, and the others that it may import. */
export const workspaces = {
  core: [],
  connectors: ['core'],
  server: ['connectors', 'core'],
  'timeback-sandbox': [],
  bench: ['server', 'connectors', 'core'],
  faults: ['server', 'connectors', 'core'],
};

/** The rooms of the server. Each may import those above it; rooms on one line are strangers to each other. */
export const serverRooms = [
  ['config'],
  ['telemetry'],
  ['store'],
  ['cluster'],
  ['security'],
  ['mapping'],
  ['sync'],
  ['health', 'reconcile', 'quality', 'alerts', 'compliance', 'upkeep', 'provider'],
  ['jobs'],
  ['api', 'webhooks', 'live', 'cli'],
  ['main'],
];

/** Packages that only these places may import. A package ending in / stands for its whole scope. */
export const toolOwners = [
  { packages: ['@nestjs/'], places: ['server/src/api', 'server/src/webhooks', 'server/src/live', 'server/src/main'] },
  {
    packages: ['pg', 'pg-copy-streams', '@prisma/', 'prisma', 'node-pg-migrate'],
    places: ['server/src/store', 'server/src/main', 'bench/src', 'faults/src'],
  },
  { packages: ['bullmq'], places: ['server/src/jobs', 'server/src/main'] },
  {
    packages: ['ioredis'],
    places: ['server/src/cluster', 'server/src/jobs', 'server/src/main', 'bench/src', 'faults/src'],
  },
  { packages: ['cron-parser'], places: ['server/src/jobs'] },
  { packages: ['axios'], places: ['connectors/src/http', 'bench/src'] },
  { packages: ['yauzl', 'yazl'], places: ['connectors/src/csv'] },
  { packages: ['csv-parse'], places: ['connectors/src/csv', 'server/src/mapping'] },
  { packages: ['commander'], places: ['server/src/cli', 'server/src/main'] },
];
