/** The provider kind `oneroster`: a OneRoster 1.1 or 1.2 server. */
import { providerDefinition } from '../factory.js';
import { oneRosterConfigSchema } from './config.js';
import { oneRosterProvider } from './provider.js';

export const oneRosterDefinition = providerDefinition({
  kind: 'oneroster',
  title: 'OneRoster 1.1 or 1.2 (REST)',
  configSchema: oneRosterConfigSchema,
  create: oneRosterProvider,
});
