/**
 * `integration add <name>`: joins an external system. Settings are checked before they are stored, and a secret is stored as a
 * reference: an environment variable, or a file in the data folder that this user alone may read.
 */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import { timebackPresets, type ProviderFactory, type TimeBackPreset } from '@rollcall/connectors';
import { addIntegration } from '../../store/integrations.js';
import { uploadSettings } from '../../sync/packages/uploads.js';
import { chooseTenant, ensureTenant, listTenants } from '../../store/tenants.js';
import { refuseOpenSecrets } from '../../sync/configure-integration.js';
import { EXIT } from '../exit-codes.js';
import { jsonObject } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';
import { rankText } from './rank.js';

interface Options {
  readonly kind: string;
  readonly preset?: string;
  readonly clientId?: string;
  readonly secret?: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly uploads?: boolean;
  readonly rank?: number;
  readonly tenant?: string;
}

const presets: Readonly<Record<string, TimeBackPreset>> = {
  'beyond-ai': timebackPresets.BEYOND_AI.production,
  'beyond-ai-staging': timebackPresets.BEYOND_AI.staging,
  'learnwith-ai': timebackPresets.LEARNWITH_AI.production,
  'learnwith-ai-staging': timebackPresets.LEARNWITH_AI.staging,
};

export function addIntegrationCommand(integration: Command, frame: CommandFrame): void {
  const command = integration
    .command('add')
    .description('Join an external system. Nothing is read until the first sync.')
    .argument('<name>', 'how it is called from now on')
    .option('--kind <kind>', 'timeback, oneroster, oneroster-csv or mock', 'timeback')
    .option('--preset <name>', `hosts and paths of a platform: ${Object.keys(presets).join(', ')}`)
    .option('--client-id <id>', 'client id that the provider gave')
    .option(
      '--secret <reference>',
      "where the client's secret is: env:NAME or file:NAME (in the data folder's secrets/)",
    )
    .option('--uploads', 'for oneroster-csv: packages are uploaded, or put into a folder of the data folder')
    .option('--settings <json>', 'further settings as a JSON object', jsonObject, {})
    .option('--rank <n>', 'whose word counts where several have a record: the smallest first (1)', rankText)
    .option('--tenant <name>', 'needed only where there are several; created when it is new');
  act<Options>(command, frame, (terminal, options, name) =>
    withRollcall(frame.at, 'app', async ({ db, factory, lent }) => {
      const settings = settingsOf(options, factory, lent.dataDir);
      const known = options.tenant === undefined && (await listTenants(db)).length > 0;
      const { id: tenantId } = known ? await chooseTenant(db) : await ensureTenant(db, options.tenant ?? 'default');
      const wanted = { tenantId, name: name!, kind: options.kind, settings, rank: options.rank };
      const added = await db.withTenant(tenantId, (tx) => addIntegration(tx, wanted));
      if (options.uploads) await mkdir(String(settings.path), { recursive: true, mode: 0o700 });
      const next = options.uploads
        ? `Send packages with "csv upload ${added.name} <zip>", or put them into ${settings.path}.`
        : `Try it with "integration test ${added.name}", then "sync ${added.name}".`;
      terminal.result(added, () => `Added ${added.name}. ${next}`);
      return EXIT.ok;
    }),
  );
}

/** Throws Fault invalid_input or invalid_configuration, which name what is wrong and never a secret. */
function settingsOf(options: Options, factory: ProviderFactory, dataDir: string): Record<string, unknown> {
  const { kind, preset, clientId, secret, settings, uploads } = options;
  if (uploads && kind !== 'oneroster-csv')
    throw new Fault('invalid_input', 'Only an integration of kind oneroster-csv takes uploads.');
  if (preset !== undefined && !presets[preset])
    throw new Fault('invalid_input', `There is no preset ${preset}; there are ${Object.keys(presets).join(', ')}.`);
  refuseOpenSecrets(factory.secretFields(kind), settings);
  const all = {
    ...(preset === undefined ? {} : presets[preset]),
    ...(clientId === undefined ? {} : { clientId }),
    ...(secret === undefined ? {} : { clientSecretRef: secret }),
    ...settings,
    ...(uploads ? uploadSettings(dataDir, randomUUID()) : {}),
  };
  factory.configuration(kind, all);
  return all;
}
