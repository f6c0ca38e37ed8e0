/** What a client of the provider waits for: the first page and deep ones, a whole pass, and answers to filters. */
import { schoolOf, type ServedHub } from './served-hub.js';

export interface ProviderReport {
  readonly users: number;
  readonly recordsPerSecond: number;
  /** The first request of a pass, which puts the collection in order. */
  readonly orderMs: number;
  readonly firstPageMs: number;
  readonly deepPageMs: number;
  readonly deepRatio: number;
  /** The first answer to a filter that was not asked before. */
  readonly filters: Readonly<Record<'status' | 'dateLastModified' | 'school' | 'role', number>>;
}

const page = 1000;
/** A pass of more would only take longer. */
const mostPages = 200;
const repetitions = 9;

export async function measureProvider(hub: ServedHub, log: (line: string) => void): Promise<ProviderReport> {
  const { ms: orderMs, total: users } = await hub.get(`/users?limit=${page}`);
  log(`order ${orderMs.toFixed(0)} ms, ${users} users`);
  const at = (offset: number) => hub.get(`/users?limit=${page}&offset=${offset}`);
  const pages = Math.max(1, Math.min(mostPages, Math.floor(users / page)));
  let bytes = 0;
  const from = performance.now();
  for (let n = 0; n < pages; n += 1) bytes += (await at(n * page)).bytes;
  const seconds = (performance.now() - from) / 1000;
  const records = Math.min(users, pages * page);
  log(`${records} records, ${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s`);
  const [first, deep]: [number[], number[]] = [[], []];
  // Taken in turns, so that what else the machine does meets both.
  for (let n = 0; n < repetitions; n += 1) {
    first.push((await at(0)).ms);
    deep.push((await at(Math.max(0, users - page - n * 333))).ms);
  }
  const [firstPageMs, deepPageMs] = [median(first), median(deep)];
  return {
    users,
    recordsPerSecond: Math.round(records / seconds),
    orderMs: rounded(orderMs),
    firstPageMs: rounded(firstPageMs),
    deepPageMs: rounded(deepPageMs),
    deepRatio: rounded(deepPageMs / firstPageMs, 2),
    filters: await measureFilters(hub),
  };
}

async function measureFilters(hub: ServedHub): Promise<ProviderReport['filters']> {
  const timed = async (filters: readonly string[]) => {
    const times: number[] = [];
    for (const filter of filters)
      times.push((await hub.get(`/users?limit=${page}&filter=${encodeURIComponent(filter)}`)).ms);
    return rounded(median(times));
  };
  const schools = await Promise.all([1, 2, 3].map(schoolOf));
  // Twice the same condition is another question, so that each is answered anew.
  const again = (clause: string) => [clause, `${clause} AND ${clause}`, `${clause} AND ${clause} AND ${clause}`];
  return {
    status: await timed(again("status='tobedeleted'")),
    dateLastModified: await timed(
      ['21:10', '20:50', '20:30'].map((time) => `dateLastModified>'2026-11-14T${time}:00.000Z'`),
    ),
    school: await timed(schools.map((id) => `primaryOrg.sourcedId='${id}'`)),
    role: await timed(again("roles.role='teacher'")),
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
