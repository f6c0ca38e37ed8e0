/** The ways in which a OneRoster server of some other vendor differs from TimeBack, one flag for each. */
export interface OneRosterProfile {
  /** of rows; two shapes of users */
  version: '1.1' | '1.2';
  /** X-Total-Count and Link */
  tellsTotals: boolean;
  /** rows that are marked tobedeleted are shown, or left out */
  showsEnded: boolean;
  /** fields that a filter may name; without it any. All else is refused */
  filterFields?: readonly string[];
  /** collections whose filter on dateLastModified is taken and not kept to */
  looseFilters: readonly string[];
  scopes: readonly string[];
  errors: ErrorShape;
}

export const errorShapes = ['root', 'wrapped', 'text-minor', 'errors', 'status-info-set', 'page'] as const;
export type ErrorShape = (typeof errorShapes)[number];

const scopes = (version: string) =>
  ['roster.readonly', 'roster-core.readonly', 'roster-demographics.readonly'].map(
    (scope) => `https://purl.imsglobal.org/spec/or/${version}/scope/${scope}`,
  );

const strict = { tellsTotals: true, showsEnded: true, looseFilters: [] };

export const oneRosterProfiles = {
  '1.2': { ...strict, version: '1.2', scopes: scopes('v1p2'), errors: 'root' },
  '1.1': { ...strict, version: '1.1', scopes: scopes('v1p1'), errors: 'status-info-set' },
  /** As a certified server was measured: no totals, silent clamps, no deletes, few filters, core collections only. */
  certified: {
    version: '1.2',
    tellsTotals: false,
    showsEnded: false,
    filterFields: ['sourcedId', 'status', 'dateLastModified'],
    looseFilters: ['classes'],
    scopes: scopes('v1p2'),
    errors: 'text-minor',
  },
} satisfies Record<string, OneRosterProfile>;
