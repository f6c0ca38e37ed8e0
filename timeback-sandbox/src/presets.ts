/**
 * The two TimeBack platforms, which differ in paths, page sizes and the name of the total field, and servers of plain OneRoster, which
 * differ from them and from each other.
 */
import { oneRosterProfiles, type OneRosterProfile } from './oneroster/profile.js';

export interface Preset {
  name: 'beyond' | 'learnwith' | 'oneroster-1.2' | 'oneroster-1.1' | 'certified-quirky';
  base: string;
  tokenPath: string;
  totalField: 'totalCount' | 'total';
  /** pageCount, pageNumber, offset and limit are sent too */
  fullEnvelope: boolean;
  defaultLimit: number;
  maxLimit: number;
  /** how many terms a filter may have, and whether AND and OR may meet in one */
  maxFilterTerms: number;
  mixedFilter: boolean;
  /** rows a page at most, without a word when more were asked for */
  clampsAt?: number;
  /** the rostering writes of the published document; the other platforms' own ways of writing are not played */
  takesWrites?: true;
  /** a plain OneRoster server in place of TimeBack */
  oneRoster?: OneRosterProfile;
}

const plain = {
  totalField: 'total',
  fullEnvelope: false,
  defaultLimit: 100,
  maxLimit: 1_000_000,
  maxFilterTerms: 2,
  mixedFilter: false,
} as const;

export const presets: Record<Preset['name'], Preset> = {
  beyond: {
    name: 'beyond',
    base: '/ims/oneroster/rostering/v1p2',
    tokenPath: '/oauth2/token',
    totalField: 'totalCount',
    fullEnvelope: true,
    defaultLimit: 100,
    maxLimit: 3000,
    maxFilterTerms: 20,
    mixedFilter: true,
    takesWrites: true,
  },
  learnwith: {
    name: 'learnwith',
    base: '/rostering/1.0',
    tokenPath: '/auth/1.0/token',
    totalField: 'total',
    fullEnvelope: false,
    defaultLimit: 10,
    maxLimit: 100,
    maxFilterTerms: 2,
    mixedFilter: false,
  },
  'oneroster-1.2': {
    ...plain,
    name: 'oneroster-1.2',
    base: '/ims/oneroster/rostering/v1p2',
    tokenPath: '/oauth/token',
    oneRoster: oneRosterProfiles['1.2'],
  },
  'oneroster-1.1': {
    ...plain,
    name: 'oneroster-1.1',
    base: '/ims/oneroster/v1p1',
    tokenPath: '/token',
    oneRoster: oneRosterProfiles['1.1'],
  },
  'certified-quirky': {
    ...plain,
    name: 'certified-quirky',
    base: '/2026/oneroster/v1p2',
    tokenPath: '/oauth/token/',
    clampsAt: 500,
    oneRoster: oneRosterProfiles.certified,
  },
};
