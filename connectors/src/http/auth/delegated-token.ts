/**
 * OAuth 2.0 authorization code with refresh (RFC 6749, 4.1 and 6; RFC 7636): a person lets us in once, and from then on the grant renews
 * itself. Sources that give a new refresh token with each use revoke all of them when an old one comes twice, so one process at a time
 * renews, under the store's lock, and only if nobody else has just done so.
 */
import { hash, randomBytes } from 'node:crypto';
import { Fault } from '@rollcall/core';
import type { AccessToken, CallContext, IAuthenticationProvider } from '../../contracts.js';
import type { Ports, StoredGrant, TokenStore } from '../../ports.js';
import type { Transport } from '../transport.js';
import { unlessAborted } from '../unless-aborted.js';
import type { RetryPolicy } from '../until-verdict.js';
import { renewalAt } from './renewal.js';
import { TokenEndpoint, type TokenEndpointSettings } from './token-endpoint.js';

export interface DelegatedSettings extends TokenEndpointSettings {
  readonly authorizeUrl: string;
  /** Where the person comes back to, exactly as it is registered. */
  readonly redirectUrl: string;
}

/** Between sending a person away and their coming back; kept with their session, never in an address. */
export interface Invitation {
  readonly url: string;
  readonly state: string;
  readonly verifier: string;
}

/** After a refusal a new try is pointless for a while, and a storm of them harms. */
const restAfterRefusalMs = 30_000;

export class DelegatedTokenSource implements IAuthenticationProvider {
  readonly #endpoint: TokenEndpoint;
  #current: StoredGrant | null = null;
  #renewing: Promise<StoredGrant> | null = null;
  #dead = new Set<string>();
  #refusedUntil = 0;

  constructor(
    private readonly settings: DelegatedSettings,
    private readonly store: TokenStore,
    policy: RetryPolicy,
    transport: Transport,
    private readonly ports: Ports,
  ) {
    this.#endpoint = new TokenEndpoint(settings, policy, transport, ports);
  }

  /** Where to send a person who lets us in. */
  invite(): Invitation {
    const [state, verifier] = [randomBytes(24).toString('base64url'), randomBytes(48).toString('base64url')];
    const url = new URL(this.settings.authorizeUrl);
    const fields = {
      response_type: 'code',
      client_id: this.settings.clientId,
      redirect_uri: this.settings.redirectUrl,
      state,
      code_challenge: hash('sha256', verifier, 'base64url'),
      code_challenge_method: 'S256',
      ...(this.settings.scope ? { scope: this.settings.scope } : {}),
    };
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
    return { url: url.href, state, verifier };
  }

  /** Takes up the code that the person came back with. Throws a Fault; a state that is not ours is refused before anything is sent. */
  async accept(code: string, state: string, invitation: Invitation, correlationId: string): Promise<void> {
    if (state !== invitation.state)
      throw new Fault('invalid_input', 'This sign-in was not begun here; begin it again from the integration.');
    await this.store.exclusively(async (_, save) => {
      const fields = { code, redirect_uri: this.settings.redirectUrl, code_verifier: invitation.verifier };
      this.#current = await this.#granted({ grant_type: 'authorization_code', ...fields }, correlationId, null);
      await save(this.#current);
      this.#refusedUntil = 0;
    });
  }

  token(context: CallContext): Promise<AccessToken> {
    if (this.#current && this.#isFresh(this.#current)) return Promise.resolve(this.#current);
    this.#renewing ??= this.#renew(context.correlationId).finally(() => (this.#renewing = null));
    return unlessAborted(this.#renewing, context.signal);
  }

  drop(value: string): void {
    if (this.#current?.value !== value) return;
    this.#dead = new Set([value]);
    this.#current = null;
  }

  #isFresh(grant: StoredGrant): boolean {
    return this.ports.clock.now() < grant.renewAt && !this.#dead.has(grant.value);
  }

  #renew(correlationId: string): Promise<StoredGrant> {
    if (this.ports.clock.now() < this.#refusedUntil) return Promise.reject(notLetIn());
    return this.store.exclusively(async (stored, save) => {
      // Somebody else may have renewed it while we waited for the lock.
      if (stored && this.#isFresh(stored)) return (this.#current = stored);
      if (!stored?.refreshToken) throw notLetIn();
      try {
        const fields = { grant_type: 'refresh_token', refresh_token: stored.refreshToken };
        this.#current = await this.#granted(fields, correlationId, stored.refreshToken);
      } catch (error) {
        if (error instanceof Fault && error.code === 'source_unauthorised')
          this.#refusedUntil = this.ports.clock.now() + restAfterRefusalMs;
        throw error;
      }
      await save(this.#current);
      return this.#current;
    });
  }

  async #granted(fields: Record<string, string>, correlationId: string, refreshToken: string | null) {
    const askedAt = this.ports.clock.now();
    const grant = await this.#endpoint.ask(fields, correlationId);
    return {
      value: grant.value,
      expiresAt: askedAt + grant.lifeMs,
      renewAt: renewalAt(askedAt, grant.lifeMs),
      refreshToken: grant.refreshToken ?? refreshToken,
    };
  }
}

const notLetIn = (): Fault =>
  new Fault('source_unauthorised', 'Nobody has let Rollcall into the source, or the permission was taken back.');
