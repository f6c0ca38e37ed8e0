/**
 * The uploads area of the data folder: each integration that may be fed from outside has a folder of its own in it, and no other
 * integration can be. Whoever may upload can so never say what is read from the disk.
 */
import { isAbsolute, join, relative, resolve } from 'node:path';
import { Fault } from '@rollcall/core';
import type { OneRosterCsvConfig } from '@rollcall/connectors';

export const uploadsArea = (dataDir: string): string => join(resolve(dataDir), 'uploads');

/** The settings of an integration that is fed by uploads; `folder` is a name that nobody else has. */
export const uploadSettings = (dataDir: string, folder: string) => ({
  path: join(uploadsArea(dataDir), folder),
  inbox: true,
});

/** Throws Fault wrong_state when the integration reads something else. */
export function uploadFolder(dataDir: string, { path, inbox }: Pick<OneRosterCsvConfig, 'path' | 'inbox'>): string {
  const inside = relative(uploadsArea(dataDir), resolve(path));
  if (inbox && inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return resolve(path);
  throw new Fault('wrong_state', 'This integration reads packages from a place of its own and takes no uploads.');
}
