/**
 * Where requests may go: addresses come from tenants, and none of them may reach into the network that Rollcall runs in. The address is
 * checked as it is written, and again on each dial as it resolves, all answers of it, so that a name which changes its mind is caught.
 */
import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Egress } from '../../ports.js';
import { isLoopback } from '../loopback.js';
import { addressKind, type AddressKind } from './address-kind.js';

/** The error that a dial ends with. */
export const refusedAddress = 'ERR_ADDRESS_REFUSED';

export class EgressGuard {
  readonly #allowed: ReadonlySet<AddressKind>;
  readonly #proxies: ReadonlySet<string>;

  constructor(
    private readonly egress: Egress = {},
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.#allowed = new Set(egress.allowPrivateAddresses ? ['public', 'private'] : ['public']);
    this.#proxies = proxyHosts(env);
  }

  /** Why this address may not be called, or null. Quotes nothing of it. */
  complaint(address: string): string | null {
    const url = URL.parse(address);
    if (!url) return 'it is no address';
    if (url.username || url.password) return 'it holds a user name or password';
    if (isLoopback(address) && /^https?:$/.test(url.protocol)) return null;
    if (url.protocol !== 'https:') return 'it does not begin with https://';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0)
      return this.#allowed.has(addressKind(host)) ? null : 'it lies in a network that is not called';
    return this.#proxies.has(host) ? 'it names the way out itself' : null;
  }

  /** For agents: resolves as usual, and ends the dial when any answer lies where nothing may go. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const resolve = (this.egress.lookup ?? lookup) as typeof lookup;
    resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      if (found.length === 0 || !found.every(({ address }) => this.#mayDial(hostname, address)))
        return callback(Object.assign(new Error(refusedAddress), { code: refusedAddress }), '', 0);
      if (options.all) return callback(null, found);
      callback(null, found[0]!.address, found[0]!.family);
    });
  };

  #mayDial(hostname: string, address: string): boolean {
    const kind = addressKind(address);
    // A proxy is the operator's own choice and does the resolving.
    if (this.#proxies.has(hostname)) return true;
    return hostname === 'localhost' ? kind === 'loopback' : this.#allowed.has(kind);
  }
}

function proxyHosts(env: NodeJS.ProcessEnv): ReadonlySet<string> {
  const named = [env.HTTP_PROXY, env.HTTPS_PROXY, env.ALL_PROXY, env.http_proxy, env.https_proxy, env.all_proxy];
  return new Set(named.flatMap((address) => URL.parse(address ?? '')?.hostname ?? []));
}
