/** What `up` says when it is up: the addresses, and three commands to try next. */
import type { Instance } from './bring-up.js';

export async function nextSteps({ integration, sandboxUrl, apiUrl, metricsUrl }: Instance): Promise<string> {
  const api = await apiUrl;
  const run = 'npm run -s rollcall --';
  return [
    '',
    'Try next, in another terminal:',
    `  ${run} sandbox control edit '{"share":0.001}' && ${run} sync ${integration.name}    # change 0.1 %`,
    `  ${run} sandbox control lose-school && ${run} sync ${integration.name}    # lose a school: held back, not removed`,
    `  ${run} sandbox control restore-school && ${run} sync ${integration.name}    # it comes back; sync again`,
    '',
    `API      ${api}/api/docs   (this machine only: there is no sign-in yet)`,
    `Sandbox  ${sandboxUrl}/control/totals`,
    `Metrics  ${metricsUrl} (worker), ${api}/api/v1/metrics (API)`,
    '',
    'Rollcall is up. Ctrl-C stops it.',
  ].join('\n');
}
