/**
 * What kind of place an IP address is: the open internet, a private network, this machine, or somewhere no provider can ever be.
 * Addresses that carry another one inside (mapped, NAT64, 6to4, Teredo) are never public. Source: IANA's special-purpose registries.
 */
import { BlockList, isIP } from 'node:net';

export type AddressKind = 'public' | 'private' | 'loopback' | 'never';

const loopback = listOf(['127.0.0.0/8', '::1/128']);

const privateNetworks = listOf(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

const never = listOf([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Where clouds keep their credentials, outside of the ranges above.
  '100.100.100.200/32',
  '168.63.129.16/32',
  'fd00:ec2::254/128',
  // Within 2000::/3, yet no addresses of machines, or with another address inside.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);

/** All that IPv6 has given out. */
const unicast6 = listOf(['2000::/3']);

export function addressKind(address: string): AddressKind {
  const plain = withoutZone(address);
  const version = isIP(plain);
  if (version === 0) return 'never';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const inside = version === 6 ? mapped(plain) : null;
  if (inside) return addressKind(inside);
  if (never.check(plain, family)) return 'never';
  if (loopback.check(plain, family)) return 'loopback';
  if (privateNetworks.check(plain, family)) return 'private';
  return version === 4 || unicast6.check(plain, family) ? 'public' : 'never';
}

const withoutZone = (address: string): string => address.split('%', 1)[0]!;

/** The IPv4 address in `::ffff:…`, however it is written. */
function mapped(address: string): string | null {
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text) ?? [];
  if (high === undefined || low === undefined) return null;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/') as [string, string];
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
