/** The two TimeBack platforms: they differ in paths, page sizes and the name of the total field. */
export interface Preset {
  name: 'beyond' | 'learnwith';
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
}

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
};
