/** The one entry of connectors: how rosters travel. */
export * from './contracts.js';
export * from './ports.js';
export * from './timeback/config.js';
export * from './timeback/presets.js';
export * from './timeback/provider.js';
