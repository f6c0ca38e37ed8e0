/** Writes org rows: row 0 is the district, row n + 1 is school n. */
import { DISTRICT, type District } from './district.js';
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

  row(org: number): string {
    const school = org - 1;
    const type = school === DISTRICT ? 'district' : 'school';
    const parent = school === DISTRICT ? 'null' : this.refs.org(0);
    const metadata = school === DISTRICT ? '{}' : `{"Campus":"${levelOf(school)}"}`;
    return (
      `${this.head.of('orgs', org)},"metadata":${metadata},"name":"${this.names.of(org)}","type":"${type}"` +
      `,"identifier":"${1000 + org}","parent":${parent},"children":${school === DISTRICT ? this.#schools() : '[]'}}`
    );
  }

  #schools(): string {
    const { orgs } = this.district.shape;
    const children: string[] = [];
    for (let org = 1; org < orgs; org += 1) if (this.district.isSchoolLive(org - 1)) children.push(this.refs.org(org));
    return `[${children.join()}]`;
  }
}
