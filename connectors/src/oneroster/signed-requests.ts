/** Signs in with OAuth 1.0a: there is no token; each attempt carries a signature of its own, with a nonce and a time of its own. */
import { randomBytes } from 'node:crypto';
import type { AccessToken, IAuthenticationProvider } from '../contracts.js';
import { signOAuth1, type OAuth1Credentials } from '../http/auth/oauth1.js';
import type { Clock } from '../ports.js';

export class SignedRequests implements IAuthenticationProvider {
  constructor(
    private readonly credentials: OAuth1Credentials,
    private readonly clock: Clock,
  ) {}

  async token(): Promise<AccessToken> {
    return { value: 'signed', expiresAt: Number.POSITIVE_INFINITY };
  }

  drop(): void {}

  header(_token: string, request: { readonly method: string; readonly url: string }): string {
    const timestamp = Math.floor(this.clock.now() / 1000);
    return signOAuth1(request, this.credentials, { nonce: randomBytes(16).toString('hex'), timestamp });
  }
}
