/** The provider kind `timeback`. */
import { providerDefinition } from '../factory.js';
import { timebackConfigSchema } from './config.js';
import { timebackPresetOf } from './presets.js';
import { TimeBackRosterProvider } from './provider.js';

export const timebackDefinition = providerDefinition({
  kind: 'timeback',
  title: 'TimeBack',
  configSchema: timebackConfigSchema,
  preset: timebackPresetOf,
  create: (name, config, ports) => new TimeBackRosterProvider(name, config, ports),
});
