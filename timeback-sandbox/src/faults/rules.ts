/** The faults switched on now. Promises that which requests a rule hits depends only on their order, never on chance. */
import { type Check, checkFields, type Fields, oneOf, share, text, wholeFrom } from '../body.js';
import { faultCatalogue, type FaultName, faultNames, type FaultSpec } from './catalogue.js';
import { Refusal } from '../answers.js';
import { collectionByName } from '../collections/catalogue.js';
import { mix } from '../district/hash.js';

export interface FaultRule {
  id: number;
  fault: FaultName;
  path?: string;
  collection?: string;
  /** only the first n matching requests */
  times?: number;
  everyNth?: number;
  probability?: number;
  params: Fields;
  seen: number;
  fired: number;
}

/** The faults that hit one request, each with its parameters. */
export type Hits = Partial<Record<FaultName, Fields>>;

/** What a rule looks at. */
export interface Hittable {
  path: string;
  collection: string | undefined;
  /** undefined when the request is not for a list */
  listOffset: number | undefined;
}

const COMMON: Record<string, Check> = {
  fault: oneOf(faultNames),
  path: text,
  collection: oneOf([...collectionByName.keys()]),
  times: wholeFrom(1),
  everyNth: wholeFrom(1),
  probability: share,
};

export class FaultRules {
  #rules: FaultRule[] = [];
  #nextId = 1;

  constructor(private readonly seed: number) {}

  add(body: Fields): FaultRule {
    if (COMMON.fault!(body.fault)) throw new Refusal(400, `Field "fault" must be ${COMMON.fault!(body.fault)}.`);
    const spec: FaultSpec = faultCatalogue[body.fault as FaultName];
    checkFields(body, { ...COMMON, ...spec.params }, ['fault', ...(spec.required ?? [])]);
    const params = Object.fromEntries(Object.entries(body).filter(([name]) => name in spec.params));
    const common = Object.fromEntries(Object.entries(body).filter(([name]) => name in COMMON));
    const rule = { id: this.#nextId, ...common, params, seen: 0, fired: 0 } as FaultRule;
    this.#nextId += 1;
    this.#rules.push(rule);
    return rule;
  }

  list(): FaultRule[] {
    return this.#rules;
  }

  /** Without an id: all of them. */
  remove(id?: number): number {
    const before = this.#rules.length;
    this.#rules = id === undefined ? [] : this.#rules.filter((rule) => rule.id !== id);
    return before - this.#rules.length;
  }

  hits({ path, collection, listOffset }: Hittable): Hits {
    const hits: Hits = {};
    for (const rule of this.#rules) {
      if (rule.path !== undefined && !path.startsWith(rule.path)) continue;
      if (rule.collection !== undefined && rule.collection !== collection) continue;
      const { only }: FaultSpec = faultCatalogue[rule.fault];
      if (only !== undefined && listOffset === undefined) continue;
      if (only === 'later pages' && listOffset === 0) continue;
      if (!this.#fires(rule)) continue;
      hits[rule.fault] ??= rule.params;
    }
    return hits;
  }

  #fires(rule: FaultRule): boolean {
    rule.seen += 1;
    if (rule.times !== undefined && rule.fired >= rule.times) return false;
    if (rule.everyNth !== undefined && rule.seen % rule.everyNth !== 0) return false;
    if (rule.probability !== undefined) {
      if (mix(mix(this.seed, rule.id), rule.seen) / 2 ** 32 >= rule.probability) return false;
    }
    rule.fired += 1;
    return true;
  }
}
