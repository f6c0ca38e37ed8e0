/** The state of one running sandbox: the district as it stands, its faults, tokens and request counts. */
import { type Client, Tokens } from './tokens.js';
import { District } from './district/district.js';
import { FaultRules } from './faults/rules.js';
import { Marks } from './etag.js';
import { PagePool } from './collections/page-pool.js';
import type { Preset } from './presets.js';
import { SignatureCheck } from './oneroster/oauth1.js';
import { RequestLog } from './request-log.js';
import { Selections } from './query/select.js';
import { View } from './view.js';

export interface SandboxSettings {
  seed: number;
  students: number;
  client: Client;
  tokenSeconds: number;
  preset: Preset;
}

export class Sandbox {
  readonly tokens: Tokens;
  /** only where OAuth 1.0a is taken as well */
  readonly signatures: SignatureCheck | undefined;
  readonly log = new RequestLog();
  readonly marks = new Marks();
  readonly pages = new PagePool();
  readonly selections = new Selections();
  faults: FaultRules;
  view: View;

  constructor(readonly settings: SandboxSettings) {
    this.tokens = new Tokens(settings.client, settings.tokenSeconds, settings.preset.oneRoster?.scopes);
    if (settings.preset.oneRoster?.version === '1.1')
      this.signatures = new SignatureCheck(settings.client.id, settings.client.secret);
    this.faults = new FaultRules(settings.seed);
    this.view = this.#freshView();
  }

  /** Back to the district as first computed; tokens stay valid. */
  reset(): void {
    this.faults = new FaultRules(this.settings.seed);
    this.view = this.#freshView();
    this.selections.clear();
    this.log.clear();
  }

  #freshView(): View {
    const { seed, students, preset } = this.settings;
    return new View(new District(seed, students, preset.base));
  }
}
