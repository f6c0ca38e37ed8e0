/**
 * Makes providers by kind from configuration that was checked against the kind's own schema, and cleans up after those it
 * made. A plain class: NestJS can inject it by token, and no room below the doors has to know that.
 */
import { Fault } from '@rollcall/core';
import { z } from 'zod';
import { reasonOf } from './condition.js';
import { chosenEnvironment, type Settings } from './chosen-environment.js';
import type { IRosterProvider } from './contracts.js';
import type { Ports } from './ports.js';

/** One kind of provider: what it is called, how it is configured, how one is made. */
export interface ProviderDefinition<Schema extends z.ZodType = z.ZodType> {
  readonly kind: string;
  /** For people. */
  readonly title: string;
  /** Secret fields carry `.meta({ secret: true })`. */
  readonly configSchema: Schema;
  /** What is known of a platform's environment, or null; `settings` are what is set for it. */
  readonly preset?: (platform: string | null, environment: string, settings: Settings) => Settings | null;
  readonly create: (name: string, config: z.output<Schema>, ports: Ports) => IRosterProvider;
}

/** Ties a definition's schema and its `create` together, then forgets the schema's type. */
export function providerDefinition<Schema extends z.ZodType>(
  definition: ProviderDefinition<Schema>,
): ProviderDefinition {
  return definition as unknown as ProviderDefinition;
}

export class ProviderFactory {
  readonly #definitions = new Map<string, ProviderDefinition>();
  readonly #alive = new Set<IRosterProvider>();

  constructor(private readonly ports: Ports) {}

  /** Throws a Fault when the kind is taken: one kind, one meaning. */
  register(definition: ProviderDefinition): this {
    if (this.#definitions.has(definition.kind))
      throw new Fault('invalid_input', `The provider kind '${definition.kind}' is already registered.`);
    this.#definitions.set(definition.kind, definition);
    return this;
  }

  kinds(): readonly ProviderDefinition[] {
    return [...this.#definitions.values()];
  }

  /** Throws a Fault `not_found` for an unknown kind. */
  definition(kind: string): ProviderDefinition {
    const found = this.#definitions.get(kind);
    if (found) return found;
    const known = [...this.#definitions.keys()].join(', ') || 'none';
    throw new Fault('not_found', `There is no provider kind '${kind}'; known are: ${known}.`);
  }

  /** The configuration with its defaults. Throws a Fault that names the fields at fault and never shows a value. */
  configuration(kind: string, config: unknown): unknown {
    const definition = this.definition(kind);
    const result = definition.configSchema.safeParse(this.resolved(chosenEnvironment(config, definition.preset)));
    if (result.success) return result.data;
    const fields = result.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'} (${ruleOf(issue)})`);
    throw new Fault('invalid_configuration', `The configuration of '${kind}' is not valid: ${fields.join('; ')}.`);
  }

  /** Settings of a kind that must never be stored as they are. */
  secretFields(kind: string): string[] {
    const schema = z.toJSONSchema(this.definition(kind).configSchema, { io: 'input', unrepresentable: 'any' });
    const fields = (schema.properties ?? {}) as Readonly<
      Record<string, { readonly secret?: boolean; readonly anyOf?: unknown[] }>
    >;
    const isSecret = (field: unknown): boolean => (field as { secret?: boolean }).secret === true;
    return Object.keys(fields).filter((name) => isSecret(fields[name]) || fields[name]!.anyOf?.some(isSecret));
  }

  /** What stands for something else becomes it, for example references to secrets. */
  protected resolved(settings: unknown): unknown {
    return settings;
  }

  /** `scope` names the tenant and its integration, for what outlives the provider; without it nothing does. */
  create(kind: string, name: string, config: unknown, scope?: string): IRosterProvider {
    const ports = scope === undefined ? this.ports : { ...this.ports, scope };
    const provider = this.definition(kind).create(name, this.configuration(kind, config), ports);
    this.#alive.add(provider);
    this.ports.log.info('provider.created', { kind, name });
    return provider;
  }

  /** Stops the provider and forgets it. A failing stop is logged: what is disposed of must not stop its owner. */
  async dispose(provider: IRosterProvider): Promise<void> {
    if (!this.#alive.delete(provider)) return;
    const mark = { kind: provider.kind, name: provider.name };
    try {
      await provider.stop();
      this.ports.log.info('provider.disposed', mark);
    } catch (error) {
      this.ports.log.error('provider.stop-failed', { ...mark, reason: reasonOf(error) });
    }
  }

  async disposeAll(): Promise<void> {
    await Promise.all([...this.#alive].map((provider) => this.dispose(provider)));
  }
}

/** Zod's own message may quote the input, so only rules that cannot are passed on in words. */
function ruleOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'custom' ? issue.message : issue.code.replaceAll('_', ' ');
}
