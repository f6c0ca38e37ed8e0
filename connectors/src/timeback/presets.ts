/** What is known of the two TimeBack platforms and of the sandbox. Which platform a tenant is on must be asked of TimeBack. */
import type { TimeBackPreset } from './config.js';

const beyondAi = (host: string, identity: string): TimeBackPreset => ({
  baseUrl: `https://${host}`,
  tokenUrl: `https://${identity}.auth.us-east-1.amazoncognito.com/oauth2/token`,
  rosteringPath: '/ims/oneroster/rostering/v1p2',
  totalField: 'totalCount',
  trailingSlash: true,
  pageSize: 3000,
  maxPageSize: 3000,
});

const learnwithAi = (host: string): TimeBackPreset => ({
  baseUrl: `https://${host}`,
  tokenUrl: `https://${host}/auth/1.0/token`,
  clientAuthentication: 'basic',
  rosteringPath: '/rostering/1.0',
  totalField: 'total',
  trailingSlash: false,
  pageSize: 100,
  maxPageSize: 100,
});

export const timebackPresets = {
  BEYOND_AI: {
    production: beyondAi('api.alpha-1edtech.ai', 'prod-beyond-timeback-api-2-idp'),
    staging: beyondAi('api.staging.alpha-1edtech.ai', 'staging-beyond-timeback-api-2-idp'),
  },
  LEARNWITH_AI: {
    production: learnwithAi('platform.timeback.com'),
    staging: learnwithAi('platform.dev.timeback.com'),
  },
  /** The sandbox at `baseUrl`; over loopback compressing costs more than it saves. */
  sandbox: (baseUrl: string): TimeBackPreset => ({
    baseUrl,
    tokenUrl: `${baseUrl}/oauth2/token`,
    rosteringPath: '/ims/oneroster/rostering/v1p2',
    totalField: 'totalCount',
    trailingSlash: true,
    pageSize: 3000,
    maxPageSize: 3000,
    gzip: false,
  }),
} as const;

/** By a platform's name and an environment; the sandbox lies where its settings say. */
export function timebackPresetOf(
  platform: string | null,
  environment: string,
  settings: Readonly<Record<string, unknown>>,
): TimeBackPreset | null {
  if (environment === 'sandbox')
    return typeof settings['baseUrl'] === 'string' ? timebackPresets.sandbox(settings['baseUrl']) : null;
  const { BEYOND_AI, LEARNWITH_AI } = timebackPresets;
  const known = { BEYOND_AI, LEARNWITH_AI }[platform as 'BEYOND_AI'];
  return known?.[environment as 'staging'] ?? null;
}
