/**
 * The settings of a TimeBack integration, with presets for both TimeBack platforms. Hosts, paths, token address, page size
 * and field names are configuration, never constants, because the two platforms differ in all of them.
 */
import { entityNames, type EntityName } from '@rollcall/core';
import { z } from 'zod';
import { isLoopback } from '../http/loopback.js';

const address = (title: string) =>
  z
    .url({ protocol: /^https?$/ })
    .refine(
      (url) => url.startsWith('https:') || isLoopback(url),
      'must begin with https:// unless it is on this machine',
    )
    .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, 'must not hold a user name or password')
    .meta({ title });

const credential = (title: string) => z.string().trim().min(1).max(4096).meta({ title, secret: true });

/** What the provider writes into metadata by itself. Source: TimeBack reference, section 5. */
const selfWritten = ['metrics', 'goals', 'AlphaLearn', 'onboarding', 'pctCompleteApp', 'completion*'];

export const timebackConfigSchema = z
  .object({
    baseUrl: address('API host'),
    tokenUrl: address('Token address, exactly'),
    clientId: z.string().trim().min(1).max(1024).meta({ title: 'Client id' }),
    clientSecret: credential('Client secret'),
    clientSecretNext: credential('Next client secret, while both are valid').nullable().default(null),
    clientAuthentication: z.enum(['form', 'basic']).default('form').meta({ title: 'How the client signs in' }),
    scope: z
      .string()
      .trim()
      .min(1)
      .nullable()
      .default(null)
      .meta({ title: 'Scopes to ask for; empty for all granted' }),
    rosteringPath: z
      .string()
      .startsWith('/')
      .default('/ims/oneroster/rostering/v1p2')
      .meta({ title: 'Rostering path' }),
    trailingSlash: z.boolean().default(true).meta({ title: 'Whether collection addresses end in a slash' }),
    totalField: z.string().min(1).default('totalCount').meta({ title: 'Field that holds the total' }),
    listKeys: z
      .partialRecord(z.enum(entityNames as [EntityName, ...EntityName[]]), z.string().min(1))
      .default({})
      .meta({ title: 'List keys that differ from the collection name' }),
    pageSize: z.int().min(1).max(10_000).default(3000).meta({ title: 'Rows per page' }),
    maxPageSize: z
      .int()
      .min(1)
      .max(10_000)
      .default(3000)
      .meta({ title: 'Most rows per page that the provider allows' }),
    maxInFlight: z.int().min(1).max(16).default(4).meta({ title: 'Requests at the same time' }),
    revalidatePages: z
      .boolean()
      .default(false)
      .meta({ title: 'Ask by ETag whether pages changed; only for a source whose marks are known to be true' }),
    rateLimit: z
      .object({
        perSecond: z.number().positive().max(10_000).meta({ title: 'Calls a second' }),
        burst: z.int().min(1).max(10_000).meta({ title: 'Calls at once after a pause' }),
        perWindow: z.int().min(1).max(10_000_000).meta({ title: 'Calls in a window' }),
        windowMs: z.int().min(1000).max(86_400_000).meta({ title: 'Window, ms' }),
        interactiveShare: z.number().min(0).max(0.9).default(0.2).meta({ title: 'Share kept for people who wait' }),
      })
      .nullable()
      .default(null)
      .meta({ title: 'Limit of calls that the provider set' }),
    gzip: z.boolean().default(true).meta({ title: 'Ask for compressed answers' }),
    volatileMetadata: z.array(z.string().min(1)).default(selfWritten).meta({ title: 'Metadata keys to leave out' }),
    attemptTimeoutMs: z.int().min(1).max(600_000).default(120_000).meta({ title: 'Time for one attempt, ms' }),
    deadlineMs: z.int().min(1).max(3_600_000).default(300_000).meta({ title: 'Time for a call with its repeats, ms' }),
    maxAttempts: z.int().min(1).max(10).default(5).meta({ title: 'Attempts for a call' }),
    baseDelayMs: z.int().min(0).max(60_000).default(500).meta({ title: 'First wait before a repeat, at most, ms' }),
    maxDelayMs: z.int().min(0).max(300_000).default(20_000).meta({ title: 'Any wait before a repeat, at most, ms' }),
    maxWaitMs: z
      .int()
      .min(0)
      .max(300_000)
      .default(30_000)
      .meta({ title: 'Longest wait asked for that is sat out, ms' }),
    maxBodyBytes: z.int().min(1024).max(1_073_741_824).default(67_108_864).meta({ title: 'Largest answer, bytes' }),
  })
  .refine((config) => config.pageSize <= config.maxPageSize, {
    path: ['pageSize'],
    message: 'must not be more than the provider allows',
  })
  .meta({ title: 'TimeBack' });

export type TimeBackConfig = z.infer<typeof timebackConfigSchema>;
export type TimeBackSettings = z.input<typeof timebackConfigSchema>;
/** All that a preset knows; the credentials come from the tenant. */
export type TimeBackPreset = Omit<TimeBackSettings, 'clientId' | 'clientSecret' | 'clientSecretNext'>;
