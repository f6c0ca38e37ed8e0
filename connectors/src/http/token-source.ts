/**
 * OAuth 2.0 client credentials: one mint at a time however many ask, renewed before it expires, never logged. The secret
 * leaves only for the exact token address of the configuration.
 */
import type { AccessToken, CallContext, IAuthenticationProvider } from '../contracts.js';
import type { Ports } from '../ports.js';
import { renewalAt } from './auth/renewal.js';
import { TokenEndpoint, type TokenEndpointSettings } from './auth/token-endpoint.js';
import type { Transport } from './transport.js';
import { unlessAborted } from './unless-aborted.js';
import type { RetryPolicy } from './until-verdict.js';

export type TokenSettings = TokenEndpointSettings;

export class TokenSource implements IAuthenticationProvider {
  readonly #endpoint: TokenEndpoint;
  #current: (AccessToken & { readonly renewAt: number }) | null = null;
  #minting: Promise<AccessToken> | null = null;

  constructor(
    private readonly settings: TokenSettings,
    policy: RetryPolicy,
    transport: Transport,
    private readonly ports: Ports,
  ) {
    this.#endpoint = new TokenEndpoint(settings, policy, transport, ports);
  }

  token(context: CallContext): Promise<AccessToken> {
    if (this.#current && this.ports.clock.now() < this.#current.renewAt) return Promise.resolve(this.#current);
    // The mint belongs to everybody who waits for it, so one caller's abort must not end it.
    this.#minting ??= this.#mint(context.correlationId).finally(() => (this.#minting = null));
    return unlessAborted(this.#minting, context.signal);
  }

  drop(value: string): void {
    if (this.#current?.value === value) this.#current = null;
  }

  async #mint(correlationId: string): Promise<AccessToken> {
    const askedAt = this.ports.clock.now();
    const { scope } = this.settings;
    const grant = { grant_type: 'client_credentials', ...(scope ? { scope } : {}) };
    const count = (outcome: string) => this.ports.metrics.count('rollcall_token_refresh_total', { outcome });
    const { value, lifeMs } = await this.#endpoint.ask(grant, correlationId).catch((error: unknown) => {
      count('failed');
      throw error;
    });
    count('granted');
    this.#current = { value, expiresAt: askedAt + lifeMs, renewAt: renewalAt(askedAt, lifeMs) };
    return this.#current;
  }
}
