/**
 * The token endpoint of an OAuth 2.0 source: asks for a grant, reads what it is worth, and takes a refusal of credentials as final. The
 * secret leaves only for the exact address of the configuration and is never logged.
 */
import { Fault } from '@rollcall/core';
import type { CallContext } from '../../contracts.js';
import type { Ports } from '../../ports.js';
import { jsonBody } from '../body.js';
import { failure, type Answer, type Outcome } from '../outcome.js';
import type { Transport } from '../transport.js';
import { untilVerdict, type RetryPolicy } from '../until-verdict.js';
import type { Verdict } from '../verdicts.js';
import { watched } from '../watched.js';

export interface TokenEndpointSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** While secrets overlap: tried once where the present one is refused, and kept to from then on. */
  readonly clientSecretNext?: string | null;
  readonly clientAuthentication: 'form' | 'basic';
  readonly scope: string | null;
}

export interface Grant {
  readonly value: string;
  readonly lifeMs: number;
  /** Where the source gives a new one with each use. */
  readonly refreshToken: string | null;
}

const lifeWhenUnsaidSeconds = 300;
const mint = 'token.mint';

type TokenAnswer = Answer & { readonly granted: Grant | null };

export class TokenEndpoint {
  #present: string;
  #other: string | null;

  constructor(
    private readonly settings: TokenEndpointSettings,
    private readonly policy: RetryPolicy,
    private readonly transport: Transport,
    private readonly ports: Ports,
  ) {
    this.#present = settings.clientSecret;
    this.#other = settings.clientSecretNext ?? null;
  }

  /** `grant` are the fields of the grant type. Throws a Fault. */
  async ask(grant: Readonly<Record<string, string>>, correlationId: string): Promise<Grant> {
    try {
      return await this.#askWith(this.#present, grant, correlationId);
    } catch (error) {
      if (this.#other === null || !(error instanceof Fault) || error.code !== 'source_unauthorised') throw error;
      const granted = await this.#askWith(this.#other, grant, correlationId);
      [this.#present, this.#other] = [this.#other, this.#present];
      this.ports.log.info('token.secret-changed', { correlationId });
      return granted;
    }
  }

  async #askWith(secret: string, grant: Readonly<Record<string, string>>, correlationId: string): Promise<Grant> {
    // A grant belongs to everybody who waits for it, so one caller's abort must not end it.
    const context: CallContext = { signal: new AbortController().signal, correlationId };
    const { answer } = await untilVerdict<TokenAnswer>({
      operation: mint,
      context,
      policy: this.policy,
      ports: this.ports,
      attempt: (attempt, remainingMs) =>
        watched(this.ports, mint, () => this.#attempt(secret, grant, context, attempt, remainingMs)),
      judge: refusal,
    });
    const granted = answer.granted!;
    this.ports.log.info('token.minted', { correlationId, lifeMs: granted.lifeMs });
    return granted;
  }

  async #attempt(
    clientSecret: string,
    grant: Readonly<Record<string, string>>,
    context: CallContext,
    attempt: number,
    remainingMs: number,
  ) {
    const outcome = await this.transport.send({
      operation: mint,
      context,
      attempt,
      remainingMs,
      method: 'POST',
      url: this.settings.tokenUrl,
      ...credentials({ ...this.settings, clientSecret }, grant),
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

function credentials(settings: TokenEndpointSettings, grant: Readonly<Record<string, string>>) {
  const id = settings.clientId.trim();
  // White space around a pasted secret is the usual cause of `invalid_client`.
  const secret = settings.clientSecret.trim();
  const form = new URLSearchParams(grant);
  const headers: Record<string, string> = { 'Content-Type': 'application/x-www-form-urlencoded' };
  if (settings.clientAuthentication === 'basic') {
    // RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
    const pair = `${formEncoded(id)}:${formEncoded(secret)}`;
    headers.Authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    form.set('client_id', id);
    form.set('client_secret', secret);
  }
  return { headers, form };
}

const formEncoded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);

function grantIn(bytes: Buffer): Grant | null {
  const body = jsonBody(bytes);
  if (!('json' in body) || body.json === null || typeof body.json !== 'object') return null;
  const { access_token: value, expires_in: life, refresh_token: next } = body.json as Record<string, unknown>;
  // Only visible ASCII can travel in a header.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return null;
  const seconds = Number(life);
  const lifeMs = (seconds > 0 && Number.isFinite(seconds) ? seconds : lifeWhenUnsaidSeconds) * 1000;
  return { value, lifeMs, refreshToken: typeof next === 'string' && next !== '' ? next : null };
}
