/**
 * The settings of a OneRoster REST source. Addresses are taken exactly as given, slash and all, because providers differ in all of
 * them; what bounds a call is set as for TimeBack.
 */
import { entityNames, type EntityName } from '@rollcall/core';
import { z } from 'zod';
import { timebackConfigSchema } from '../timeback/config.js';

const {
  attemptTimeoutMs,
  deadlineMs,
  maxAttempts,
  baseDelayMs,
  maxDelayMs,
  maxWaitMs,
  maxBodyBytes,
  gzip,
  rateLimit,
  ...timeback
} = timebackConfigSchema.shape;
const bounds = {
  attemptTimeoutMs,
  deadlineMs,
  maxAttempts,
  baseDelayMs,
  maxDelayMs,
  maxWaitMs,
  maxBodyBytes,
  gzip,
  rateLimit,
};
const { baseUrl, tokenUrl, clientId, clientSecret, clientSecretNext, clientAuthentication, maxInFlight } = timeback;

const collections = z.enum(entityNames as [EntityName, ...EntityName[]]);

export const oneRosterConfigSchema = z
  .object({
    baseUrl: baseUrl.meta({ title: 'Address that the collections follow, with its path, exactly' }),
    version: z.enum(['auto', '1.1', '1.2']).default('auto').meta({ title: 'Version; rows are told apart one by one' }),
    signIn: z.enum(['oauth2', 'oauth1']).default('oauth2').meta({ title: 'OAuth 2 client credentials or OAuth 1.0a' }),
    tokenUrl: tokenUrl.nullable().default(null).meta({ title: 'Token address of OAuth 2, exactly' }),
    clientId,
    clientSecret,
    clientSecretNext,
    clientAuthentication: clientAuthentication.meta({ title: 'How the client signs in with OAuth 2' }),
    scope: z
      .string()
      .trim()
      .nullable()
      .default(null)
      .meta({ title: "Scopes to ask for; without it the version's core scope, empty for none" }),
    signatureMethod: z
      .enum(['HMAC-SHA256', 'HMAC-SHA1'])
      .default('HMAC-SHA256')
      .meta({ title: 'Signature of OAuth 1.0a' }),
    trailingSlash: z.boolean().default(false).meta({ title: 'Whether collection addresses end in a slash' }),
    sort: z.boolean().default(true).meta({ title: 'Ask for a stable order by sourcedId' }),
    totals: z.boolean().default(true).meta({ title: 'Whether X-Total-Count can be believed' }),
    incremental: z
      .boolean()
      .default(false)
      .meta({ title: 'Whether dateLastModified moves with every change, and can be filtered on' }),
    notOffered: z.array(collections).default([]).meta({ title: 'Collections that the source does not have' }),
    pageSize: z.int().min(1).max(10_000).default(1000).meta({ title: 'Rows per page' }),
    maxInFlight: maxInFlight.default(2),
    volatileMetadata: z.array(z.string().min(1)).default([]).meta({ title: 'Metadata keys to leave out' }),
    ...bounds,
  })
  .refine((config) => config.signIn === 'oauth1' || config.tokenUrl !== null, {
    path: ['tokenUrl'],
    message: 'is needed to sign in with OAuth 2',
  })
  .refine((config) => !config.notOffered.includes('orgs'), {
    path: ['notOffered'],
    message: 'must not hold orgs: without organisations there is no roster',
  })
  .meta({ title: 'OneRoster' });

export type OneRosterConfig = z.infer<typeof oneRosterConfigSchema>;
export type OneRosterSettings = z.input<typeof oneRosterConfigSchema>;

/** What to ask a token for: all six collections, and nothing of demographics. Source: OneRoster 1.1 and 1.2, security. */
export function scopeOf({ scope, version, baseUrl: address }: OneRosterConfig): string | null {
  if (scope !== null) return scope === '' ? null : scope;
  const is11 = version === '1.1' || (version === 'auto' && /\/v1p1(\/|$)/.test(new URL(address).pathname));
  return `https://purl.imsglobal.org/spec/or/${is11 ? 'v1p1' : 'v1p2'}/scope/roster-core.readonly`;
}
