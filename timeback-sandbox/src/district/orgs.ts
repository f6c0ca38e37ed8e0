/** Writes org rows: row 0 is the district, row n + 1 is school n. */
import { DISTRICT, type District } from './district.js';
import type { Page } from './page.js';
import type { References } from './references.js';
import type { RowHead } from './row-head.js';
import { levelOf } from './layout.js';
import { placeNames } from './names.js';
import { mix, salt } from './hash.js';

export class OrgNames {
  readonly #salt: number;

  constructor(private readonly district: District) {
    this.#salt = salt(district.seed, 'org');
  }

  of(org: number): string {
    const place = placeNames[(mix(this.#salt, 0) + org) % placeNames.length]!;
    const version = this.district.entities.orgs.version(org);
    const edition = version > 0 ? ` (renamed ${version})` : '';
    if (org === 0) return `${place} School District${edition}`;
    const again = Math.floor(org / placeNames.length);
    return `${place}${again > 0 ? ` ${again + 1}` : ''} ${levelOf(org - 1)} School${edition}`;
  }
}

export class OrgRows {
  constructor(
    private readonly district: District,
    private readonly names: OrgNames,
    private readonly refs: References,
    private readonly head: RowHead,
  ) {}

  write(page: Page, org: number): Page {
    const school = org - 1;
    const own = school === DISTRICT ? '{}' : `{"Campus":"${levelOf(school)}"}`;
    this.head.write(page, 'orgs', org).text(`,"metadata":${own},"name":"`).text(this.names.of(org));
    page.text(`","type":"${school === DISTRICT ? 'district' : 'school'}","identifier":"${1000 + org}","parent":`);
    if (school !== DISTRICT) return this.refs.org(page, 0).text(',"children":[]}');
    page.text('null,"children":[');
    this.#liveSchools().forEach((child, n) => this.refs.org(n === 0 ? page : page.text(','), child));
    return page.text(']}');
  }

  #liveSchools(): number[] {
    const all = Array.from({ length: this.district.shape.schools }, (_, school) => school);
    return all.filter((school) => this.district.isSchoolLive(school)).map((school) => school + 1);
  }
}
