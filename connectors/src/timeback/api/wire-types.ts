/**
 * Rows of a TimeBack API as its document describes them, by resource: as they are read, and as they are written. What is read may hold
 * more, and less than is promised: unknown fields stay, and only `sourcedId` is relied on. Source: TimeBack reference, section 5.
 */
type Status = 'active' | 'tobedeleted';
type Metadata = Readonly<Record<string, unknown>> | null;
type Ref = { readonly sourcedId: string };
type ReadRef = { readonly sourcedId: string; readonly href?: string; readonly type?: string; readonly name?: string };
type Flag = 'true' | 'false';

interface Head {
  readonly sourcedId: string;
  readonly status?: Status;
  readonly dateLastModified?: string;
  readonly metadata?: Metadata;
}

export interface WireOrg extends Head {
  readonly name?: string;
  readonly type?: string;
  readonly identifier?: string;
  readonly parent?: ReadRef | null;
  readonly children?: readonly ReadRef[] | null;
}

export interface NewOrg {
  readonly sourcedId?: string;
  readonly status?: Status;
  readonly metadata?: Metadata;
  readonly name: string;
  readonly type: 'department' | 'school' | 'district' | 'local' | 'state' | 'national';
  readonly identifier?: string;
  readonly parent?: Ref;
}

export interface WireUser extends Head {
  readonly username?: string | null;
  readonly userIds?: readonly { readonly type: string; readonly identifier: string }[];
  readonly enabledUser?: Flag;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly middleName?: string | null;
  readonly roles?: readonly { readonly role: string; readonly roleType?: string; readonly org?: ReadRef }[];
  readonly agents?: readonly ReadRef[];
  readonly primaryOrg?: ReadRef;
  readonly email?: string | null;
  readonly grades?: readonly string[];
  readonly demographics?: WireDemographics | null;
}

export interface NewUser {
  readonly sourcedId?: string;
  readonly status?: Status;
  readonly metadata?: Metadata;
  readonly username?: string | null;
  readonly userIds?: readonly { readonly type: string; readonly identifier: string }[];
  readonly enabledUser: boolean | Flag;
  readonly givenName: string;
  readonly familyName: string;
  readonly middleName?: string | null;
  readonly roles: readonly {
    readonly roleType: 'primary' | 'secondary';
    readonly role: string;
    readonly org: Ref;
    readonly beginDate?: string | null;
    readonly endDate?: string | null;
  }[];
  readonly agents?: readonly Ref[];
  readonly primaryOrg?: Ref;
  readonly email: string;
  readonly grades?: readonly string[];
  readonly identifier?: string | null;
}

export interface WireCourse extends Head {
  readonly title?: string;
  readonly courseCode?: string | null;
  readonly org?: ReadRef;
  readonly grades?: readonly string[] | null;
  readonly subjects?: readonly string[] | null;
}

export interface NewCourse {
  readonly sourcedId?: string;
  readonly status: Status;
  readonly metadata?: Metadata;
  readonly title: string;
  readonly courseCode?: string | null;
  readonly org: Ref;
  readonly grades?: readonly string[];
  readonly subjects?: readonly string[];
}

export interface WireClass extends Head {
  readonly title?: string;
  readonly classCode?: string | null;
  readonly classType?: string;
  readonly course?: ReadRef | null;
  readonly school?: ReadRef | null;
  readonly terms?: readonly ReadRef[];
}

export interface NewClass {
  readonly sourcedId?: string;
  readonly status?: Status;
  readonly metadata?: Metadata;
  readonly title: string;
  readonly classCode?: string | null;
  readonly classType?: 'homeroom' | 'scheduled';
  readonly location?: string | null;
  readonly course: Ref;
  readonly org: Ref;
  readonly terms: readonly Ref[];
}

/** A class cannot change its course or org. */
export type ChangedClass = Partial<Omit<NewClass, 'sourcedId' | 'course' | 'org'>>;

export interface WireEnrollment extends Head {
  readonly role?: string;
  readonly primary?: Flag | null;
  readonly beginDate?: string | null;
  readonly endDate?: string | null;
  readonly user?: ReadRef;
  readonly class?: ReadRef;
  readonly school?: ReadRef;
}

export interface NewEnrollment {
  readonly sourcedId?: string;
  readonly status?: Status;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly role: 'administrator' | 'proctor' | 'student' | 'teacher';
  readonly primary?: boolean | Flag;
  readonly beginDate?: string;
  readonly endDate?: string;
  readonly user: Ref;
  readonly class: Ref;
  readonly school?: Ref;
}

export interface WireSession extends Head {
  readonly title?: string;
  readonly type?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly schoolYear?: number | string;
  readonly org?: ReadRef;
  readonly parent?: ReadRef | null;
}

export interface NewSession {
  readonly sourcedId: string;
  readonly status: Status;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly type: 'gradingPeriod' | 'semester' | 'schoolYear' | 'term';
  readonly startDate: string;
  readonly endDate: string;
  readonly schoolYear: string;
  readonly org: Ref;
  readonly parent?: Ref | null;
}

export interface WireDemographics extends Head {
  readonly birthDate?: string | null;
  readonly sex?: string | null;
}

export interface NewDemographics {
  readonly sourcedId: string;
  readonly status?: Status;
  readonly birthDate?: string | null;
  readonly sex?: 'male' | 'female' | null;
}

/** Course content is not part of a roster: its rows pass as they are. */
export type WireContent = Head & Readonly<Record<string, unknown>>;
export type NewContent = Readonly<Record<string, unknown>>;

export interface NewMember {
  readonly user: Ref;
  readonly primary?: boolean | Flag;
  readonly beginDate?: string;
  readonly endDate?: string;
}
