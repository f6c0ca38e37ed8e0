/**
 * OAuth 2.0 client credentials: one mint at a time however many ask, renewed before it expires, never logged. The secret
 * leaves only for the exact token address of the configuration.
 */
import type { AccessToken, CallContext, IAuthenticationProvider } from '../contracts.js';
import type { Ports } from '../ports.js';
import { unlessAborted } from './unless-aborted.js';
import { jsonBody } from './body.js';
import { failure, type Answer, type Outcome } from './outcome.js';
import type { Transport } from './transport.js';
import { untilVerdict, type RetryPolicy } from './until-verdict.js';
import type { Verdict } from './verdicts.js';

export interface TokenSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication: 'form' | 'basic';
  readonly scope: string | null;
}

const renewalMarginMs = 60_000;
/** A token that lives shorter than five margins is renewed in the last fifth of its life. */
const renewalShare = 0.2;
const lifeWhenUnsaidSeconds = 300;

type TokenAnswer = Answer & { readonly granted: { readonly value: string; readonly lifeMs: number } | null };

export class TokenSource implements IAuthenticationProvider {
  #current: (AccessToken & { readonly renewAt: number }) | null = null;
  #minting: Promise<AccessToken> | null = null;

  constructor(
    private readonly settings: TokenSettings,
    private readonly policy: RetryPolicy,
    private readonly transport: Transport,
    private readonly ports: Ports,
  ) {}

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
    const context: CallContext = { signal: new AbortController().signal, correlationId };
    const askedAt = this.ports.clock.now();
    const { answer } = await untilVerdict<TokenAnswer>({
      operation: 'token.mint',
      context,
      policy: this.policy,
      ports: this.ports,
      attempt: (attempt, remainingMs) => this.#attempt(context, attempt, remainingMs),
      judge: refusal,
    });
    const { value, lifeMs } = answer.granted!;
    const margin = Math.min(renewalMarginMs, lifeMs * renewalShare);
    this.#current = { value, expiresAt: askedAt + lifeMs, renewAt: askedAt + lifeMs - margin };
    this.ports.log.info('token.minted', { correlationId, lifeMs });
    return this.#current;
  }

  async #attempt(context: CallContext, attempt: number, remainingMs: number) {
    const outcome = await this.transport.send({
      operation: 'token.mint',
      context,
      attempt,
      remainingMs,
      method: 'POST',
      url: this.settings.tokenUrl,
      ...credentials(this.settings),
    });
    if (outcome.kind !== 'answer') return outcome;
    if (outcome.status !== 200) return { ...outcome, granted: null };
    const granted = grantIn(outcome.body);
    return granted ? { ...outcome, granted } : failure('unreadable', 'the answer holds no token');
  }
}

/**
 * Cognito answers 400 `invalid_client` to a wrong id or secret; no refusal of credentials is worth another try. A 400 that does not
 * name an OAuth error comes from an address that is no token endpoint.
 */
function refusal(outcome: Outcome): Verdict | null {
  if (outcome.kind !== 'answer' || ![400, 401, 403].includes(outcome.status)) return null;
  const code = outcome.status === 400 && !namesError(outcome.body) ? 'source_bad_response' : 'source_unauthorised';
  return { action: 'fail', code };
}

function namesError(bytes: Buffer): boolean {
  const body = jsonBody(bytes);
  return 'json' in body && typeof (body.json as { error?: unknown } | null)?.error === 'string';
}

function credentials(settings: TokenSettings) {
  const id = settings.clientId.trim();
  // White space around a pasted secret is the usual cause of `invalid_client`.
  const secret = settings.clientSecret.trim();
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  const headers: Record<string, string> = { 'Content-Type': 'application/x-www-form-urlencoded' };
  if (settings.clientAuthentication === 'basic') {
    // RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
    const pair = `${formEncoded(id)}:${formEncoded(secret)}`;
    headers.Authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    form.set('client_id', id);
    form.set('client_secret', secret);
  }
  if (settings.scope) form.set('scope', settings.scope);
  return { headers, form };
}

const formEncoded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);

function grantIn(bytes: Buffer): TokenAnswer['granted'] {
  const body = jsonBody(bytes);
  if (!('json' in body) || body.json === null || typeof body.json !== 'object') return null;
  const { access_token: value, expires_in: life } = body.json as Record<string, unknown>;
  // Only visible ASCII can travel in a header.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return null;
  const seconds = Number(life);
  return { value, lifeMs: (seconds > 0 && Number.isFinite(seconds) ? seconds : lifeWhenUnsaidSeconds) * 1000 };
}
