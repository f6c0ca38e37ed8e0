/**
 * How an integration's new records find records that we have: ordered rules, each a list of fields that must all agree and a score,
 * with the scores from which a match is believed or asked about, and the measure from which new ids en masse are a re-key.
 */
import { z } from 'zod';
import { entityNamed, entityNames } from '../roster/entities.js';
import type { EntityName } from '../roster/field.js';
import { userRoles } from '../roster/user.js';
import type { Spelling } from './normalise.js';

const ruleSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9 +-]{0,39}$/, 'small letters, digits, blanks, + and -'),
  /** Fields of the entity, or `sourcedId`: the record's id in another integration. */
  fields: z.array(z.string()).min(1).max(6),
  score: z.int().min(1).max(100),
  /** Only for people with this primary role. */
  roles: z.array(z.enum(userRoles)).min(1).optional(),
});
export type MatchRule = z.infer<typeof ruleSchema>;

export const matchSettingsSchema = z
  .strictObject({
    on: z.boolean().default(true),
    /** A unique match of this score or more is believed. */
    strongFrom: z.int().min(1).max(100).default(80),
    /** One of this score or more waits for a person. */
    askFrom: z.int().min(1).max(100).default(50),
    rekey: z
      .strictObject({ share: z.number().gt(0).max(1), rows: z.int().min(1).max(1_000_000) })
      .default({ share: 0.05, rows: 20 }),
    /** In place of the default rules of these entities; an empty list matches nothing. */
    rules: z
      .partialRecord(z.enum(entityNames as [EntityName, ...EntityName[]]), z.array(ruleSchema).max(20))
      .default({}),
  })
  .superRefine((settings, issues) => {
    if (settings.askFrom > settings.strongFrom)
      issues.addIssue({ code: 'custom', path: ['askFrom'], message: 'must not be above strongFrom' });
    for (const [entity, rules] of Object.entries(settings.rules))
      for (const [at, problem] of ruleProblems(entity as EntityName, rules))
        issues.addIssue({ code: 'custom', path: ['rules', entity, at], message: problem });
  })
  .meta({ id: 'MatchSettings' });
export type MatchSettings = z.output<typeof matchSettingsSchema>;

function ruleProblems(entity: EntityName, rules: readonly MatchRule[]): [number, string][] {
  const fields = matchable(entity);
  return rules.flatMap((rule, at): [number, string][] => {
    const unknown = rule.fields.find((field) => !fields.includes(field));
    if (unknown !== undefined) return [[at, `${unknown} is not one of ${fields.join(', ')}`]];
    if (new Set(rule.fields).size < rule.fields.length) return [[at, 'names a field twice']];
    if (rules.findIndex((other) => other.name === rule.name) < at) return [[at, 'has the name of another rule']];
    if (rule.roles && entity !== 'users') return [[at, 'only people have roles']];
    return [];
  });
}

/** What a rule of the entity may name. */
export const matchable = (entity: EntityName): string[] => [
  'sourcedId',
  ...entityNamed(entity)
    .fields.filter((field) => field.kind === 'text' || field.kind === 'date' || field.kind === 'reference')
    .filter((field) => field.target !== entity)
    .map((field) => field.name),
];

const name = ['givenName', 'familyName'];

/** In the order in which they are told; the scores decide. */
const defaultRules: Readonly<Record<EntityName, readonly MatchRule[]>> = {
  orgs: [
    { name: 'sourced id + name', fields: ['sourcedId', 'name'], score: 95 },
    { name: 'identifier + type', fields: ['identifier', 'type'], score: 90 },
    { name: 'name + type', fields: ['name', 'type'], score: 60 },
  ],
  academicSessions: [
    { name: 'title + days + org', fields: ['title', 'startDate', 'endDate', 'org'], score: 90 },
    // OneRoster's own sessions name no organisation.
    { name: 'title + days + type', fields: ['title', 'startDate', 'endDate', 'type'], score: 80 },
  ],
  courses: [{ name: 'course code + title + org', fields: ['courseCode', 'title', 'org'], score: 90 }],
  users: [
    { name: 'sourced id + name', fields: ['sourcedId', ...name], score: 95 },
    { name: 'master id + name', fields: ['userMasterIdentifier', ...name], score: 95 },
    { name: 'identifier + name', fields: ['identifier', ...name], score: 90 },
    { name: 'e-mail + name', fields: ['email', ...name], score: 85 },
    { name: 'master id', fields: ['userMasterIdentifier'], score: 70 },
    { name: 'identifier + given name', fields: ['identifier', 'givenName'], score: 65 },
    { name: 'identifier + family name', fields: ['identifier', 'familyName'], score: 60 },
    { name: 'username + name', fields: ['username', ...name], score: 60 },
    { name: 'e-mail + given name', fields: ['email', 'givenName'], score: 55 },
  ],
  classes: [
    { name: 'class code + title + course + school', fields: ['classCode', 'title', 'course', 'school'], score: 90 },
    { name: 'class code + school', fields: ['classCode', 'school'], score: 60 },
  ],
  enrollments: [{ name: 'user + class + role', fields: ['user', 'class', 'role'], score: 90 }],
};

/** The rules that hold for an entity. */
export const rulesOf = (settings: MatchSettings, entity: EntityName): readonly MatchRule[] =>
  settings.on ? (settings.rules[entity] ?? defaultRules[entity]) : [];

/** Taking a class again under a new id is ordinary: an enrollment that has been gone for long is not meant. */
export const mayReturn = (entity: EntityName): boolean => entity !== 'enrollments';

/**
 * Whether a person is asked about an unsure match. Waiting would keep a child out of a class, and nobody can say more of two
 * schools' terms with the same title and days: there only what is sure is joined.
 */
export const asksOf = (entity: EntityName): boolean => entity !== 'enrollments' && entity !== 'academicSessions';

/** Where both records have one of these and they differ, no agreement elsewhere is believed without a person. */
export const tellingFields: Readonly<Partial<Record<EntityName, readonly string[]>>> = {
  orgs: ['identifier'],
  users: ['userMasterIdentifier', 'identifier'],
};

export const spellingOf = (field: string): Spelling =>
  field === 'email' ? 'email' : ['givenName', 'familyName', 'name', 'title'].includes(field) ? 'name' : 'key';

export const defaultMatchSettings: MatchSettings = matchSettingsSchema.parse({});
