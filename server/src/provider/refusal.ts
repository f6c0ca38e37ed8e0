/** Why the provider does not answer what was asked, in the words of OneRoster: the status and its payload, imsx_StatusInfo. */

export type CodeMinor =
  | 'invalid_filter_field'
  | 'invalid_selection_field'
  | 'invaliddata'
  | 'unauthorisedrequest'
  | 'forbidden'
  | 'unknownobject'
  | 'server_busy'
  | 'internal_server_error';

const statuses: Readonly<Record<CodeMinor, number>> = {
  invalid_filter_field: 400,
  invalid_selection_field: 400,
  invaliddata: 400,
  unauthorisedrequest: 401,
  forbidden: 403,
  unknownobject: 404,
  server_busy: 429,
  internal_server_error: 500,
};

export class ProviderRefusal extends Error {
  override readonly name = 'ProviderRefusal';
  readonly status: number;

  /** `description` is for people, names fields and rules, and never holds a record's value. */
  constructor(
    readonly codeMinor: CodeMinor,
    readonly description: string,
    status?: number,
    readonly retryAfterSeconds = status === 503 ? 5 : null,
  ) {
    super(description);
    this.status = status ?? statuses[codeMinor];
  }
}

/** The payload, at the root of the body as the standard's document has it. */
export const statusInfo = ({ codeMinor, description }: Pick<ProviderRefusal, 'codeMinor' | 'description'>): object => ({
  imsx_codeMajor: 'failure',
  imsx_severity: 'error',
  imsx_description: description,
  imsx_CodeMinor: {
    imsx_codeMinorField: [{ imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: codeMinor }],
  },
});
