/** The provider kind `mock`. */
import { providerDefinition } from '../factory.js';
import { mockConfigSchema } from './config.js';
import { MockRosterProvider } from './provider.js';

export const mockDefinition = providerDefinition({
  kind: 'mock',
  title: 'Mock (an invented district, in process)',
  configSchema: mockConfigSchema,
  create: (name, config, ports) => new MockRosterProvider(name, config, ports),
});
