/** Writes demographics rows, one for each student, under the student's own sourcedId. Birth dates appear nowhere else. */
import type { District } from './district.js';
import type { Page } from './page.js';
import type { RowHead } from './row-head.js';
import type { UserRows } from './users.js';
import { mix, salt } from './hash.js';
import { placeNames } from './names.js';

const two = (n: number) => String(n).padStart(2, '0');
const flag = (on: boolean) => (on ? '"true"' : '"false"');

export class DemographicsRows {
  readonly #salt: number;

  constructor(
    private readonly district: District,
    private readonly users: UserRows,
    private readonly head: RowHead,
  ) {
    this.#salt = salt(district.seed, 'demographics');
  }

  write(page: Page, user: number): Page {
    const hash = mix(this.#salt, user);
    const version = this.district.entities.demographics.version(user);
    const year = 2026 - 5 - Number(this.users.gradeOf(user));
    const birthDate = `${year}-${two(1 + (hash % 12))}-${two(1 + ((hash >>> 4) % 28))}`;
    const race = (hash >>> 9) % 10;
    const sex = ['"male"', '"female"', '"male"', '"female"', '"unspecified"', 'null'][(hash >>> 13) % 6]!;
    const city = placeNames[((hash >>> 16) + version * 5) % placeNames.length]!;
    return this.head
      .write(page, 'demographics', user)
      .text(
        `,"metadata":{},"birthDate":"${birthDate}","sex":${sex}` +
          `,"americanIndianOrAlaskaNative":${flag(race === 0)},"asian":${flag(race === 1 || race === 2)}` +
          `,"blackOrAfricanAmerican":${flag(race === 3 || race === 4)}` +
          `,"nativeHawaiianOrOtherPacificIslander":${flag(race === 5)},"white":${flag(race > 5)}` +
          `,"demographicRaceTwoOrMoreRaces":"false","hispanicOrLatinoEthnicity":${flag((hash >>> 20) % 4 === 0)}` +
          `,"countryOfBirthCode":"US","stateOfBirthAbbreviation":null,"cityOfBirth":"${city}","publicSchoolResidenceStatus":null}`,
      );
  }
}
