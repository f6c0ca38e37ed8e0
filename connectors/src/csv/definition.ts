/** The provider kind `oneroster-csv`: OneRoster 1.1 or 1.2 packages of CSV files. */
import { providerDefinition } from '../factory.js';
import { oneRosterCsvConfigSchema } from './config.js';
import { oneRosterCsvProvider } from './provider.js';

export const oneRosterCsvDefinition = providerDefinition({
  kind: 'oneroster-csv',
  title: 'OneRoster 1.1 or 1.2 (CSV)',
  configSchema: oneRosterCsvConfigSchema,
  create: oneRosterCsvProvider,
});
