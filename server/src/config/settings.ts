/**
 * Everything that can be set from outside, read once at start from ROLLCALL_* variables and an optional
 * rollcall.config.json (variables win). A wrong value ends the start with one sentence that names it.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { projectFolder } from './project-folder.js';
import { fileProblem, SetupProblem } from './setup-problem.js';

const port = () => z.coerce.number().int().min(0).max(65_535);
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\/[^/]+\/[^/?]+/);

export const Settings = z.strictObject({
  dataDir: z.string().min(1).optional().meta({ env: 'ROLLCALL_DATA_DIR', wants: 'the path of a folder' }),
  databaseUrl: postgresUrl.optional().meta({
    env: 'ROLLCALL_DATABASE_URL',
    wants: 'a URL like postgresql://user:password@host:5432/database',
    secret: true,
  }),
  redisUrl: z
    .string()
    .regex(/^rediss?:\/\/[^/]+/)
    .optional()
    .meta({
      env: 'ROLLCALL_REDIS_URL',
      orEnv: 'REDIS_URL',
      wants: 'a URL like redis://user:password@host:6379/0',
      secret: true,
    }),
  databasePort: port().optional().meta({ env: 'ROLLCALL_DATABASE_PORT', wants: 'a port number from 0 to 65535' }),
  apiPort: port().default(7400).meta({ env: 'ROLLCALL_API_PORT', wants: 'a port number from 0 to 65535' }),
  sandboxPort: port().default(7401).meta({ env: 'ROLLCALL_SANDBOX_PORT', wants: 'a port number from 0 to 65535' }),
  metricsPort: port().default(7402).meta({ env: 'ROLLCALL_METRICS_PORT', wants: 'a port number from 0 to 65535' }),
  logLevel: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .meta({ env: 'ROLLCALL_LOG_LEVEL', wants: 'one of silent, error, warn, info, debug' }),
});

export type Settings = z.infer<typeof Settings>;

interface Meta {
  readonly env: string;
  /** A name that platforms give of their own accord; ours wins. */
  readonly orEnv?: string;
  readonly wants: string;
  readonly secret?: boolean;
}

/** Throws SetupProblem for a value that does not fit, an unknown name in the file, or a file that cannot be read. */
export function readSettings(env: NodeJS.ProcessEnv = process.env, file = settingsFile(env)): Settings {
  const fromFile = readFile(file);
  const values: Record<string, unknown> = { ...fromFile };
  for (const [name, schema] of Object.entries(Settings.shape)) {
    const value = env[variableOf(metaOf(schema), env)];
    if (value !== undefined && value !== '') values[name] = value;
  }
  const result = Settings.safeParse(values);
  if (result.success) return result.data;
  throw problem(result.error.issues[0], values, env, file);
}

const settingsFile = (env: NodeJS.ProcessEnv) =>
  resolve(env.ROLLCALL_CONFIG_FILE ?? join(projectFolder(), 'rollcall.config.json'));

const variableOf = ({ env: ours, orEnv }: Meta, env: NodeJS.ProcessEnv): string =>
  orEnv !== undefined && !env[ours] && env[orEnv] ? orEnv : ours;

const metaOf = (schema: z.ZodType) => schema.meta() as unknown as Meta;

function readFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw fileProblem(error, 'read', file);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the sentence: the parser's own words would quote the file, which may hold a password.
  }
  throw new SetupProblem(`The settings file ${file} must hold one JSON object: correct it or remove it.`);
}

function problem(
  issue: z.core.$ZodIssue | undefined,
  values: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
  file: string,
): SetupProblem {
  if (issue?.code === 'unrecognized_keys')
    return new SetupProblem(
      `The settings file ${file} has an unknown setting "${issue.keys[0]}": correct or remove it.`,
    );
  const name = String(issue?.path[0]) as keyof typeof Settings.shape;
  const meta = metaOf(Settings.shape[name]);
  const { wants, secret } = meta;
  const variable = variableOf(meta, env);
  const source = env[variable] ? variable : `"${name}" in ${file}`;
  const found = secret ? 'is not' : `is ${JSON.stringify(values[name])}`;
  return new SetupProblem(`${source} must be ${wants}, but ${found}.`);
}
