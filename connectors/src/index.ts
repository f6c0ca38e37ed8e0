/** The one entry of connectors: how rosters travel. */
export * from './contracts.js';
export * from './factory.js';
export * from './mock/config.js';
export * from './mock/definition.js';
export * from './mock/provider.js';
export * from './oneroster/config.js';
export * from './oneroster/definition.js';
export * from './oneroster/provider.js';
export * from './ports.js';
export * from './registry.js';
export * from './timeback/config.js';
export * from './timeback/definition.js';
export * from './timeback/presets.js';
export * from './timeback/provider.js';
