/** The names and addresses of a user: families share a family name, an edit changes family name and e-mail address. */
import { childOf, familyOf, kindOfUser } from './layout.js';
import type { District } from './district.js';
import { familyLetters, familyNames, givenLetters, givenNames } from './names.js';
import type { Page } from './page.js';
import { mix, salt } from './hash.js';

export class People {
  readonly #given: number;
  readonly #family: number;

  constructor(private readonly district: District) {
    this.#given = salt(district.seed, 'given');
    this.#family = salt(district.seed, 'family');
  }

  #familyIndex(user: number): number {
    const { shape } = this.district;
    let key = user;
    if (user < shape.guardiansFrom) key = familyOf(shape, user);
    else if (user < shape.teachersFrom) key = familyOf(shape, childOf(shape, user));
    // 7 and the length share no factor, so that each version up to the length has another name
    return (mix(this.#family, key) + this.district.entities.users.version(user) * 7) % familyNames.length;
  }

  given(user: number): string {
    return givenNames[mix(this.#given, user) % givenNames.length]!;
  }

  /** Two of three people have none. */
  /** Two of three people have none. */
  middle(user: number): string | undefined {
    const hash = mix(this.#given, ~user);
    return hash % 3 === 0 ? givenNames[(hash >>> 4) % givenNames.length]! : undefined;
  }

  family(user: number): string {
    return familyNames[this.#familyIndex(user)]!;
  }

  /** Unique by the index in it. */
  login(page: Page, user: number): Page {
    const version = this.district.entities.users.version(user);
    page.text(givenLetters[mix(this.#given, user) % givenNames.length]!).text('.');
    page.text(familyLetters[this.#familyIndex(user)]!).text('.').text(user.toString(36));
    return version > 0 ? page.text(`.${version}`) : page;
  }

  /** With the @; these are reserved for examples (RFC 2606). */
  domain(user: number): string {
    const kind = kindOfUser(this.district.shape, user);
    if (kind === 'student') return '@students.example.org';
    return kind === 'guardian' ? '@mail.example.com' : '@staff.example.org';
  }
}
