/** How a request proves whom it is from: headers made for each attempt. Every way of signing in is one of these. */
import type { CallContext, IAuthenticationProvider } from '../../contracts.js';

export interface OutgoingRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly body?: string | undefined;
}

export type AuthorizationHeaders = Readonly<Record<string, string>>;

export interface RequestAuthorization {
  headers(request: OutgoingRequest, context: CallContext): Promise<AuthorizationHeaders>;
  /** The source answered 401 to these headers: the next ones are to be new. Without it a 401 is final. */
  readonly renew?: (headers: AuthorizationHeaders) => void;
}

/** A bearer token from whoever hands them out (RFC 6750). */
export function bearer(tokens: IAuthenticationProvider): RequestAuthorization {
  return {
    headers: async (_, context) => ({ Authorization: `${scheme}${(await tokens.token(context)).value}` }),
    renew: ({ Authorization = '' }) => tokens.drop(Authorization.slice(scheme.length)),
  };
}

const scheme = 'Bearer ';
