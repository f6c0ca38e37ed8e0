/** The settings of a OneRoster CSV source: where the package lies, how strictly it is read, and what it may be at most. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { defaultLimits } from './limits.js';

export const oneRosterCsvConfigSchema = z
  .object({
    path: z
      .string()
      .min(1)
      .max(4096)
      .refine((path) => isAbsolute(path) && !path.includes('\0'), 'must be a whole path, from the root on')
      .meta({ title: 'Zip file, or folder with the CSV files' }),
    inbox: z
      .boolean()
      .default(false)
      .meta({ title: 'The path is a folder into which zip files are put; the newest counts' }),
    version: z
      .enum(['auto', '1.1', '1.2'])
      .default('auto')
      .meta({ title: 'Version, where the manifest does not tell it' }),
    strict: z.boolean().default(false).meta({ title: 'Refuse what the standard refuses' }),
    pageSize: z.int().min(1).max(10_000).default(2000).meta({ title: 'Rows per page' }),
    volatileMetadata: z.array(z.string().min(1)).default([]).meta({ title: 'Metadata columns to leave out' }),
    maxTotalBytes: z
      .int()
      .min(1024)
      .max(64 * 1024 ** 3)
      .default(defaultLimits.maxTotalBytes)
      .meta({ title: 'Most bytes when unpacked' }),
    maxRatio: z.int().min(1).max(1000).default(defaultLimits.maxRatio).meta({ title: 'Most that it may shrink' }),
  })
  .meta({ title: 'OneRoster CSV' });

export type OneRosterCsvConfig = z.infer<typeof oneRosterCsvConfigSchema>;
export type OneRosterCsvSettings = z.input<typeof oneRosterCsvConfigSchema>;
