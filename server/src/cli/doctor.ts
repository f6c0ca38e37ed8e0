/** `doctor`: looks at everything that Rollcall stands on and says what is wrong, each in one line. */
import { accessSync, constants } from 'node:fs';
import type { Command } from 'commander';
import { dataFolder } from '../config/data-folder.js';
import { findInstance } from '../config/instance.js';
import { isAlive } from '../config/process-identity.js';
import { readSettings } from '../config/settings.js';
import { listIntegrations, type Integration } from '../store/integrations.js';
import { listTenants } from '../store/tenants.js';
import type { Database } from '../store/database.js';
import { waitingRuns } from '../store/waiting-runs.js';
import { queueState } from '../jobs/queue-state.js';
import { EXIT } from './exit-codes.js';
import { failureOf } from './failure.js';
import { act, type CommandFrame } from './run-command.js';
import type { Surroundings } from './surroundings.js';
import { withRollcall } from './with-rollcall.js';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
}

export function addDoctor(program: Command, frame: CommandFrame): void {
  const command = program
    .command('doctor')
    .description('Look at settings, folder, database, processes and integrations.');
  act(command, frame, async (terminal) => {
    const findings = [...local(frame.at), ...(await inDatabase(frame.at))];
    const ok = findings.every((finding) => finding.ok);
    terminal.result({ ok, findings }, () =>
      findings.map((f) => `${f.ok ? 'ok    ' : 'FAILED'}  ${f.check}: ${f.message}`).join('\n'),
    );
    return ok ? EXIT.ok : EXIT.failed;
  });
}

function local(at: Surroundings): Finding[] {
  return [
    look('runtime', () => `Node ${process.versions.node} on ${process.platform} ${process.arch}`),
    look('settings', () => (readSettings(at.env), 'all values fit')),
    look('data folder', () => {
      const folder = dataFolder(readSettings(at.env));
      accessSync(folder, constants.R_OK | constants.W_OK);
      return folder;
    }),
    look('instance', () => {
      const instance = findInstance(dataFolder(readSettings(at.env)));
      if (!instance) return 'not running; "up" starts it';
      const gone = instance.processes.filter((process) => !isAlive(process)).map(({ name }) => name);
      if (gone.length > 0) throw new Error(`These processes are not running: ${gone.join(', ')}.`);
      return `running: ${instance.processes.map(({ name, pid }) => `${name} ${pid}`).join(', ')}`;
    }),
  ];
}

async function inDatabase(at: Surroundings): Promise<Finding[]> {
  try {
    return await withRollcall(at, 'worker', async ({ db, lent, queueAt }) => {
      const waiting = await waitingRuns(db);
      const { backend, warning } = await queueState(queueAt);
      return [
        { check: 'database', ok: true, message: `answers (from: ${lent.from})` },
        { check: 'queue', ok: warning === null, message: warning ?? `on ${backend}` },
        { check: 'runs', ok: true, message: `${waiting.length} waiting for a worker` },
        ...(await integrations(db)),
      ];
    });
  } catch (error) {
    return [failed('database', error)];
  }
}

async function integrations(db: Database): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const tenant of await listTenants(db))
    findings.push(...(await db.withTenant(tenant.id, (tx) => listIntegrations(tx, tenant.id))).map(findingOf));
  return findings;
}

const findingOf = ({ name, state, reason, nextStep }: Integration): Finding => ({
  check: `integration ${name}`,
  ok: state === 'active' || state === 'paused',
  message: [state.replaceAll('_', ' '), reason, nextStep].filter(Boolean).join('. '),
});

function look(check: string, examine: () => string): Finding {
  try {
    return { check, ok: true, message: examine() };
  } catch (error) {
    return failed(check, error);
  }
}

function failed(check: string, error: unknown): Finding {
  const { code, message, nextStep } = failureOf(error);
  const words =
    code === 'internal_error' && error instanceof Error ? error.message : [message, nextStep].filter(Boolean).join(' ');
  return { check, ok: false, message: words };
}
