/**
 * Whether a planned create is a record that we have: after the creates are planned and before anything refers to them. What is sure
 * becomes a link, what is unsure waits for a person, and new ids en masse wait together as a re-key. Costs nothing where no record
 * could be meant: on a first load, and where nothing is gone and no other integration feeds the tenant.
 */
import { asksOf, mayReturn, rulesOf } from '@rollcall/core';
import type { Tx } from '../../store/database.js';
import { listHolds } from '../../store/holds.js';
import { findMatchSettings } from '../../store/match-settings.js';
import { factNames, gatherNew, gatherOld, openFacts, type Sources } from '../../store/sql/match/facts.js';
import { takeFromGone, turnIntoLinks } from '../../store/sql/match/link-rows.js';
import { findPairs, keepBest, type RuleSet } from '../../store/sql/match/pairs.js';
import { whereToLook } from '../../store/sql/match/where-to-look.js';
import { dropUnsure, judgePairs } from '../../store/sql/match/verdicts.js';
import type { SqlScope } from '../../store/sql/scope.js';
import type { RunContext } from '../run-context.js';
import { askPeople } from './ask-people.js';
import { isWhole, type Feed, type Matched, type Matching } from './matching.js';
import { holdRekey, isRekey } from './rekey.js';

export async function matchRecords(tx: Tx, context: RunContext, scope: SqlScope, feed: Feed): Promise<Matched> {
  const holds = new Set<string>();
  const none = { superseded: 0, holds };
  if (feed.created === 0) return none;
  const { tenantId, integrationId } = context.run;
  const entity = scope.entity.name;
  const whole = isWhole(feed.phase, feed.byId);
  const places = await whereToLook(tx, scope);
  if (!places.known && !places.others) return none;
  const { settings } = await findMatchSettings(tx, { tenantId, integrationId });
  const rules = rulesOf(settings, entity);
  if (rules.length === 0) return none;
  const open = await listHolds(tx, tenantId, { integrationId, entity, state: 'open' });
  const matching: Matching = { settings, feed, open, holds, whole };
  const sources = sourcesFor(scope, matching, places);
  if (!Object.values(sources).some((source) => source !== false && source !== 'none')) return none;
  if ((await pair(tx, scope, { rules, names: factNames(scope.entity, rules), settings }, sources)) === 0) return none;
  return { superseded: await decide(tx, context, scope, matching), holds };
}

/** Creates that a person has released: meanwhile another integration may have brought in the same records. What is sure is joined. */
export async function joinReleased(
  tx: Tx,
  scope: SqlScope,
  of: { tenantId: string; integrationId: string },
): Promise<void> {
  if (!(await whereToLook(tx, scope)).others) return;
  const { settings } = await findMatchSettings(tx, of);
  const rules = rulesOf(settings, scope.entity.name);
  if (rules.length === 0) return;
  const elsewhere = { absent: 'none', unnamed: false, tombstones: false, others: true, ended: false } as const;
  if ((await pair(tx, scope, { rules, names: factNames(scope.entity, rules), settings }, elsewhere)) === 0) return;
  if ((await judgePairs(tx)).sure === 0) return;
  await dropUnsure(tx);
  await turnIntoLinks(tx, scope);
}

function sourcesFor(scope: SqlScope, matching: Matching, places: Awaited<ReturnType<typeof whereToLook>>): Sources {
  const { feed, open, settings, whole } = matching;
  const partial = feed.phase.since !== null || feed.byId;
  const waiting = open.some((hold) => hold.operation === 'match' || hold.operation === 'rekey');
  return {
    absent: feed.presence.missing === 0 ? 'none' : whole ? 'proven' : 'unproven',
    unnamed: partial && places.known && (waiting || feed.created >= settings.rekey.rows),
    tombstones: mayReturn(scope.entity.name) && places.tombstones,
    others: places.others,
    ended: places.ended,
  };
}

async function pair(tx: Tx, scope: SqlScope, rules: RuleSet, sources: Sources): Promise<number> {
  await openFacts(tx);
  await gatherNew(tx, scope, rules.names);
  if ((await gatherOld(tx, scope, rules.names, sources)) === 0) return 0;
  const pairs = await findPairs(tx, scope, rules);
  if (!asksOf(scope.entity.name) && rules.rules.length > 1) await keepBest(tx);
  return pairs;
}

async function decide(tx: Tx, context: RunContext, scope: SqlScope, matching: Matching): Promise<number> {
  const verdicts = await judgePairs(tx);
  const rekey = await isRekey(tx, scope, matching, verdicts.rekeyed);
  if (!rekey) await dropUnsure(tx);
  let superseded = 0;
  if (verdicts.sure > 0 || rekey) {
    await turnIntoLinks(tx, scope);
    superseded = await takeFromGone(tx, scope);
  }
  if (rekey) await holdRekey(tx, context, scope, matching, verdicts.rekeyed);
  if (asksOf(scope.entity.name)) await askPeople(tx, context, scope, matching);
  return superseded;
}
