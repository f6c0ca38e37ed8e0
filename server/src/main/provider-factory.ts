/** Makes providers of every kind that this installation knows from stored settings: references become secrets only here. */
import {
  mockDefinition,
  oneRosterCsvDefinition,
  oneRosterDefinition,
  ProviderFactory,
  timebackDefinition,
  type Ports,
} from '@rollcall/connectors';
import { resolveSecrets, type SecretSources } from '../config/secret-references.js';

export const providerFactory = (ports: Ports, sources: SecretSources): ProviderFactory =>
  new SecretResolvingFactory(ports, sources)
    .register(timebackDefinition)
    .register(mockDefinition)
    .register(oneRosterDefinition)
    .register(oneRosterCsvDefinition);

class SecretResolvingFactory extends ProviderFactory {
  constructor(
    ports: Ports,
    private readonly sources: SecretSources,
  ) {
    super(ports);
  }

  protected override resolved(settings: unknown): unknown {
    return resolveSecrets(settings, this.sources);
  }
}
