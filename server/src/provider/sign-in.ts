/** The provider's token endpoint, OAuth 2 client credentials: a client id and its secret for a token of limited time and scope. */
import type { Database, Tx } from '../store/database.js';
import { findSigningClient, type StoredClient } from '../store/provider/clients.js';
import { findTokenHolder, insertToken, type TokenHolder } from '../store/provider/tokens.js';
import { digestOf, newToken, provesSecret, readClientId, readToken } from './credentials.js';
import { scopeBase, scopes } from './operations.js';
import { ProviderRefusal } from './refusal.js';
import type { SignInBound } from './sign-in-bound.js';

const tokenSeconds = 3600;
/** Of one client at a time. */
const mostTokens = 200;

export interface TokenRequest {
  readonly authorization: string | undefined;
  /** The form that was sent. */
  readonly form: URLSearchParams;
  /** Where it comes from. */
  readonly address: string;
}

/** As RFC 6749 has them, sections 5.1 and 5.2. */
export type TokenAnswer =
  | {
      readonly status: 200;
      readonly body: { access_token: string; token_type: 'Bearer'; expires_in: number; scope: string };
    }
  | { readonly status: 400 | 401; readonly body: Refusal }
  | { readonly status: 429; readonly body: Refusal; readonly retryAfterSeconds: number };

interface Refusal {
  readonly error: string;
  readonly error_description: string;
}

export async function issueToken(db: Database, bound: SignInBound, request: TokenRequest): Promise<TokenAnswer> {
  const { authorization, form, address } = request;
  if ([...form.keys()].some((name, at, names) => names.indexOf(name) !== at))
    return refused('invalid_request', 'A parameter is given twice.');
  if (form.get('grant_type') !== 'client_credentials')
    return refused('unsupported_grant_type', 'The grant type is client_credentials.');
  const given = credentialsOf(authorization, form);
  if (given === 'both') return refused('invalid_request', 'Sign in by header or by form, not by both.');
  const attempt = { address, clientId: given?.id ?? '', secret: given?.secret ?? '' };
  const waitMs = await bound.take(attempt);
  if (waitMs > 0) return tooMany(Math.ceil(waitMs / 1000));
  const client = await provenClient(db, attempt);
  bound.note(attempt, client !== null);
  if (!client) return unknownClient;
  const granted = scopesGranted(form.get('scope'), client.scopes);
  if (granted === null)
    return refused('invalid_scope', 'The client may not have one of these scopes, or there is no such scope.');
  const { tenantId } = client;
  const token = newToken(tenantId);
  const terms = { tenantId, clientId: client.id, scopes: granted, lastsSeconds: tokenSeconds };
  await db.withTenant(tenantId, (tx) => insertToken(tx, { ...terms, digest: digestOf(token) }, mostTokens));
  const scope = granted.map((name) => scopeBase + name).join(' ');
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds, scope } };
}

async function provenClient(
  db: Database,
  { clientId, secret }: { clientId: string; secret: string },
): Promise<StoredClient | null> {
  const key = readClientId(clientId);
  const client = key && (await db.withTenant(key.tenantId, (tx) => findSigningClient(tx, key.tenantId, key.id)));
  return (await provesSecret(secret, client?.hashes ?? [])) ? client : null;
}

/** What a request's token is known by. Throws ProviderRefusal. */
export function tokenOf(authorization: string | undefined): { tenantId: string; digest: Buffer } {
  const [, text] = /^Bearer ([\w-]+)$/i.exec(authorization ?? '') ?? [];
  const token = text === undefined ? null : readToken(text);
  if (!token) throw new ProviderRefusal('unauthorisedrequest', 'Sign in first: send a bearer token.');
  return token;
}

/** Who it belongs to. Throws ProviderRefusal. */
export async function holderOf(
  tx: Tx,
  { tenantId, digest }: { tenantId: string; digest: Buffer },
): Promise<TokenHolder> {
  const holder = await findTokenHolder(tx, tenantId, digest);
  if (!holder) throw new ProviderRefusal('unauthorisedrequest', 'The token is unknown or has ended: get another one.');
  return holder;
}

function credentialsOf(
  authorization: string | undefined,
  form: URLSearchParams,
): { id: string; secret: string } | 'both' | null {
  const [, basic] = /^Basic ([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '') ?? [];
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  if (basic !== undefined) {
    if (secret !== null) return 'both';
    const text = Buffer.from(basic, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    // Nothing in an id or a secret of ours is changed by the form encoding that RFC 6749 wants here.
    return colon < 0 ? null : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
  }
  return id === null || secret === null ? null : { id, secret };
}

/** Without a wish, all that the client may have. */
function scopesGranted(wished: string | null, allowed: readonly string[]): string[] | null {
  const names = (wished ?? '').split(/[ ,]+/).filter(Boolean);
  if (names.length === 0) return scopes.filter((scope) => allowed.includes(scope));
  const wanted = names.map((name) => (name.startsWith(scopeBase) ? name.slice(scopeBase.length) : name));
  return wanted.every((name) => allowed.includes(name)) ? scopes.filter((scope) => wanted.includes(scope)) : null;
}

const refused = (error: string, text: string): TokenAnswer => ({
  status: 400,
  body: { error, error_description: text },
});
const tooMany = (seconds: number): TokenAnswer => ({
  status: 429,
  body: {
    error: 'temporarily_unavailable',
    error_description: `Too many attempts that failed: try again in ${seconds} seconds.`,
  },
  retryAfterSeconds: seconds,
});
const unknownClient: TokenAnswer = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'There is no such client, or this is not its secret.' },
};
