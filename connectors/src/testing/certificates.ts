/** Certificates made on the spot for tests of TLS: an authority, and what it signs, in the plainest DER. */
import { createPrivateKey, generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto';

export interface Certified {
  readonly cert: string;
  readonly key: string;
}

interface Wish {
  readonly name: string;
  /** Names and IPv4 addresses that the certificate is for. */
  readonly hosts?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
  readonly isAuthority?: boolean;
}

const day = 86_400_000;

/** Signed by `by`, or by itself. */
export function certificate(wish: Wish, by?: Certified): Certified {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signer: KeyObject = by ? createPrivateKey(by.key) : privateKey;
  const issuer = by ? new X509Certificate(by.cert).subject.replace(/^CN=/, '') : wish.name;
  const { from = new Date(Date.now() - day), until = new Date(Date.now() + day) } = wish;
  const toBeSigned = sequence(
    tagged(0xa0, integer(2)),
    integer(1 + Math.floor(Math.random() * 2 ** 30)),
    ecdsa,
    nameOf(issuer),
    sequence(time(from), time(until)),
    nameOf(wish.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(wish))),
  );
  const der = sequence(
    toBeSigned,
    ecdsa,
    tagged(0x03, Buffer.concat([Buffer.of(0), sign('sha256', toBeSigned, signer)])),
  );
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extensions({ hosts = [], isAuthority = false }: Wish): Buffer[] {
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host) ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host)),
  );
  const basic = sequence(...(isAuthority ? [tagged(0x01, Buffer.of(255))] : []));
  return [
    sequence(oid(0x55, 0x1d, 0x13), tagged(0x01, Buffer.of(255)), tagged(0x04, basic)),
    ...(names.length > 0 ? [sequence(oid(0x55, 0x1d, 0x11), tagged(0x04, sequence(...names)))] : []),
  ];
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const oid = (...bytes: readonly number[]): Buffer => tagged(0x06, Buffer.from(bytes));
const ecdsa = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const nameOf = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(oid(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(name)))));
const time = (at: Date): Buffer => tagged(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`));

function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return tagged(0x02, bytes[0]! > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}
