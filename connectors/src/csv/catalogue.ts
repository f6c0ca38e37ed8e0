/** The files of OneRoster 1.1 and 1.2 with their columns in the standard's order: what each cell is, whether it must be filled, where it leads. */
import { classTypes, orgTypes, sessionTypes } from '@rollcall/core';

export type Version = '1.1' | '1.2';

export type CellType =
  | 'text'
  | 'guid'
  | 'guids'
  | 'date'
  | 'time'
  | 'year'
  | 'boolean'
  | 'integer'
  | 'float'
  | 'list'
  | 'ids'
  | 'pairs'
  | 'word';

export interface Column {
  readonly name: string;
  readonly type: CellType;
  readonly required: boolean;
  /** For `word`. */
  readonly words: readonly string[];
  /** The file that an id leads to. */
  readonly target: string | null;
}

export interface FileSpec {
  readonly name: string;
  readonly columns: readonly Column[];
}

const head = 'sourcedId! status dateLastModified';

/** An exclamation mark: must be filled. */
const files12: Readonly<Record<string, string>> = {
  academicSessions: 'title! type! startDate! endDate! parentSourcedId schoolYear!',
  orgs: 'name! type! identifier parentSourcedId',
  courses: 'schoolYearSourcedId title! courseCode grades orgSourcedId! subjects subjectCodes',
  classes:
    'title! grades courseSourcedId! classCode classType! location schoolSourcedId! termSourcedIds! subjects subjectCodes periods',
  users:
    'enabledUser! username! userIds givenName! familyName! middleName identifier email sms phone agentSourcedIds grades password userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns',
  roles: 'userSourcedId! roleType! role! beginDate endDate orgSourcedId! userProfileSourcedId',
  enrollments: 'classSourcedId! schoolSourcedId! userSourcedId! role! primary beginDate endDate',
  demographics:
    'birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus',
  userProfiles: 'userSourcedId! profileType! vendorId! applicationId description credentialType! username! password',
  userResources: 'userSourcedId! orgSourcedId classSourcedId resourceSourcedId!',
  resources: 'vendorResourceId! title roles importance vendorId applicationId',
  classResources: 'title classSourcedId! resourceSourcedId!',
  courseResources: 'title courseSourcedId! resourceSourcedId!',
  categories: 'title! weight',
  lineItems:
    'title! description assignDate! dueDate! classSourcedId! categorySourcedId! academicSessionSourcedId! resultValueMin resultValueMax schoolSourcedId!',
  results:
    'lineItemSourcedId! studentSourcedId! scoreStatus! score scoreDate! comment textScore classSourcedId inProgress incomplete late missing',
  scoreScales: 'title! type! orgSourcedId! courseSourcedId! classSourcedId! scoreScaleValue!',
  lineItemLearningObjectiveIds: 'lineItemSourcedId! source! learningObjectiveId!',
  lineItemScoreScales: 'title lineItemSourcedId! scoreScaleSourcedId!',
  resultLearningObjectiveIds: 'resultSourcedId! source! learningObjectiveId! score textScore',
  resultScoreScales: 'title resultSourcedId! scoreScaleSourcedId!',
};

const files11: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'academicSessions orgs courses classes enrollments demographics resources classResources courseResources'
      .split(' ')
      .map((name) => [name, files12[name]!]),
  ),
  users:
    'enabledUser! orgSourcedIds! role! username! userIds givenName! familyName! middleName identifier email sms phone agentSourcedIds grades password',
  categories: 'title!',
  lineItems:
    'title! description assignDate! dueDate! classSourcedId! categorySourcedId! gradingPeriodSourcedId! resultValueMin! resultValueMax!',
  results: 'lineItemSourcedId! studentSourcedId! scoreStatus! score! scoreDate! comment',
};

const administrators = 'districtAdministrator siteAdministrator systemAdministrator counselor principal';
const words: Readonly<Record<string, string>> = {
  status: 'active tobedeleted',
  'academicSessions.type': sessionTypes.join(' '),
  'orgs.type': orgTypes.join(' '),
  'classes.classType': classTypes.join(' '),
  'users.role': 'administrator aide guardian parent proctor relative student teacher',
  'roles.roleType': 'primary secondary',
  'roles.role': `aide guardian parent proctor relative student teacher ${administrators}`,
  'enrollments.role': 'administrator proctor student teacher',
  'demographics.sex': 'male female unspecified other',
  'resources.importance': 'primary secondary',
};
const scoreStatuses = ['exempt', 'fully graded', 'not submitted', 'partially graded', 'submitted'];

const targets: Readonly<Record<string, string>> = {
  schoolYear: 'academicSessions',
  term: 'academicSessions',
  academicSession: 'academicSessions',
  gradingPeriod: 'academicSessions',
  org: 'orgs',
  school: 'orgs',
  primaryOrg: 'orgs',
  course: 'courses',
  class: 'classes',
  user: 'users',
  student: 'users',
  agent: 'users',
  resource: 'resources',
  category: 'categories',
  lineItem: 'lineItems',
  result: 'results',
  scoreScale: 'scoreScales',
  userProfile: 'userProfiles',
};

const types: readonly (readonly [pattern: RegExp, type: CellType])[] = [
  [/^(sourcedId|\w+SourcedId)$/, 'guid'],
  [/SourcedIds$/, 'guids'],
  [/^dateLastModified$/, 'time'],
  [/^(start|end|begin|birth|assign|due|score)Date$/, 'date'],
  [/^schoolYear$/, 'year'],
  [/^(enabledUser|primary|inProgress|incomplete|late|missing)$/, 'boolean'],
  [/^(americanIndian|asian$|blackOr|nativeHawaiian|white$|demographicRace|hispanicOr)/, 'boolean'],
  [/^weight$/, 'integer'],
  [/^(resultValue(Min|Max)|score)$/, 'float'],
  [/^(grades|subjects|subjectCodes|periods)$/, 'list'],
  [/^userIds$/, 'ids'],
  [/^scoreScaleValue$/, 'pairs'],
];

function columnOf(file: string, text: string): Column {
  const name = text.replace('!', '');
  const given = words[`${file}.${name}`] ?? words[name];
  const known = file === 'results' && name === 'scoreStatus' ? scoreStatuses : (given?.split(' ') ?? []);
  const list = file === 'resources' && name === 'roles';
  const type =
    known.length > 0 ? 'word' : list ? 'list' : (types.find(([pattern]) => pattern.test(name))?.[1] ?? 'text');
  const stem = name.replace(/SourcedIds?$/, '');
  const own = stem === 'parent' || (file === 'demographics' && name === 'sourcedId');
  const target = stem === name ? null : stem === 'parent' ? file : (targets[stem] ?? null);
  return {
    name,
    type,
    required: text.endsWith('!'),
    words: known,
    target: own && stem !== 'parent' ? 'users' : target,
  };
}

const catalogueOf = (files: Readonly<Record<string, string>>): ReadonlyMap<string, FileSpec> =>
  new Map(
    Object.entries(files).map(([name, columns]) => {
      const all = `${head} ${columns}`.split(' ').map((column) => columnOf(name, column));
      return [name, { name, columns: all }];
    }),
  );

export const catalogue: Readonly<Record<Version, ReadonlyMap<string, FileSpec>>> = {
  '1.1': catalogueOf(files11),
  '1.2': catalogueOf(files12),
};

/** All names of files, of any version, and the manifest. */
export const fileNames: readonly string[] = [...catalogue['1.2'].keys(), 'manifest'];
