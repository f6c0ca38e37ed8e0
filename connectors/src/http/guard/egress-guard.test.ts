/** A corpus of addresses that point into our own network, in every notation: all refused, before anything is dialled or as it is. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LookupFunction } from 'node:net';
import { answerJson, FakeSource } from '../../testing/fake-source.js';
import { callContext, testPorts } from '../../testing/ports.js';
import { Transport } from '../transport.js';
import { addressKind } from './address-kind.js';
import { EgressGuard } from './egress-guard.js';

const guard = new EgressGuard({}, {});
const onLan = new EgressGuard({ allowPrivateAddresses: true }, {});

/** Refused as they are written, by everybody. */
const never = [
  'http://example.org/',
  'http://10.0.0.1/',
  'ftp://example.org/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'not an address',
  'https://',
  'https://name:secret@example.org/',
  'https://name@example.org/',
  'https://0.0.0.0/',
  'https://0/',
  'https://0x0/',
  'https://0.0.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/latest/meta-data/',
  'https://0xa9fea9fe/',
  'https://0xA9.0xFE.0xA9.0xFE/',
  'https://0251.0376.0251.0376/',
  'https://169.254.43518/',
  'https://169.16689662/',
  'https://169.254.169.254./',
  'https://１６９.254.169.254/',
  'https://169。254。169。254/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[0:0:0:0:0:ffff:a9fe:a9fe]/',
  'https://[::169.254.169.254]/',
  'https://[::]/',
  'https://[0000::]/',
  'https://[::ffff:0.0.0.0]/',
  'https://[::2]/',
  'https://[::7f00:1]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b::10.0.0.1]/',
  'https://[64:ff9b:1::1]/',
  'https://[2002:7f00:1::]/',
  'https://[2002:a00:1::1]/',
  'https://[2001:0:53aa:64c:0:fbf0:80ff:fffe]/',
  'https://[2001:db8::1]/',
  'https://[3fff::1]/',
  'https://[100::1]/',
  'https://[5f00::1]/',
  'https://[fd00:ec2::254]/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://192.88.99.1/',
  'https://198.18.0.1/',
  'https://198.19.255.255/',
  'https://198.51.100.7/',
  'https://203.0.113.7/',
  'https://100.100.100.200/',
  'https://168.63.129.16/',
  'https://224.0.0.1/',
  'https://239.255.255.255/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
];

/** Refused unless the operator lets providers live in private networks. */
const privateOnes = [
  'https://10.0.0.1/',
  'https://10.255.255.255/',
  'https://0xa.0.0.1/',
  'https://012.0.0.1/',
  'https://167772161/',
  'https://10.1/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.0.1/',
  'https://3232235521/',
  'https://0300.0250.0.1/',
  'https://100.64.0.1/',
  'https://100.127.255.255/',
  'https://[fc00::1]/',
  'https://[fd12:3456::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[::ffff:c0a8:1]/',
];

const open = [
  'https://api.example.org/',
  'https://93.184.216.34/',
  'https://172.15.255.255/',
  'https://172.32.0.1/',
  'https://100.63.255.255/',
  'https://100.128.0.1/',
  'https://169.253.255.255/',
  'https://[2606:4700::1111]/',
  'https://[2a00:1450::5]/',
];

/** As today: a provider on this machine, where the address says so. */
const here = [
  'http://127.0.0.1:8080/',
  'http://localhost/',
  'https://localhost/',
  'http://[::1]:80/',
  'http://127.1/',
  'http://2130706433/',
];

it('the corpus is large enough to mean something', () => {
  expect(never.length + privateOnes.length).toBeGreaterThanOrEqual(60);
});

it.each(never)('%s is refused, with the operator’s leave too', (address) => {
  expect(guard.complaint(address)).not.toBeNull();
  expect(onLan.complaint(address)).not.toBeNull();
});

it.each(privateOnes)('%s is refused without the operator’s leave', (address) => {
  expect(guard.complaint(address)).not.toBeNull();
  expect(onLan.complaint(address)).toBeNull();
});

it.each([...open, ...here])('%s is called', (address) => {
  expect(guard.complaint(address)).toBeNull();
});

it('the way out itself is no place to go to', () => {
  const proxied = new EgressGuard({}, { HTTPS_PROXY: 'http://proxy.inside.example:3128' });
  expect(proxied.complaint('https://proxy.inside.example/')).toMatch(/way out/);
});

it.each([
  ['fe80::1%eth0', 'never'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['nonsense', 'never'],
])('%s is %s', (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});

const open_: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open_.splice(0)) await close();
});

/** Names that resolve as a test says, each time it is asked. */
function transportWith(answers: (name: string, time: number) => readonly string[], allowPrivateAddresses = false) {
  let times = 0;
  const asked: string[] = [];
  const lookup = ((name: string, _options: unknown, callback: (error: null, found: object[]) => void) => {
    asked.push(name);
    callback(
      null,
      answers(name, (times += 1)).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as LookupFunction;
  const ports = { ...testPorts(), egress: { lookup, allowPrivateAddresses } };
  const settings = { attemptTimeoutMs: 2000, maxBodyBytes: 10_000, gzip: false, maxSockets: 2 };
  const transport = new Transport(settings, ports);
  open_.push(() => transport.close());
  const send = (url: string) =>
    transport.send({
      operation: 'users.list',
      context: callContext(),
      attempt: 1,
      remainingMs: 2000,
      method: 'GET',
      url,
      headers: {},
    });
  return { asked, send };
}

describe('names', () => {
  it.each([
    ['this machine', ['127.0.0.1']],
    ['a private network', ['10.1.2.3']],
    ['a cloud’s metadata', ['169.254.169.254']],
    ['this machine among others', ['93.184.216.34', '::1']],
    ['a mapped address', ['::ffff:10.0.0.1']],
    ['nothing', []],
  ])('one that resolves to %s is refused at the dial', async (_, addresses) => {
    const { asked, send } = transportWith(() => addresses);
    expect(await send('https://sis.example.org/')).toMatchObject({ kind: 'forbidden' });
    expect(asked).toEqual(['sis.example.org']);
  });

  it('one that was public and then turns private is refused as it turns', async () => {
    const { send } = transportWith((_, time) => (time === 1 ? ['192.0.2.255'] : ['127.0.0.1']));
    expect(await send('https://turning.example.org/')).toMatchObject({ kind: 'forbidden' });
    expect(await send('https://turning.example.org/')).toMatchObject({ kind: 'forbidden' });
  });

  it('localhost may only be this machine, and this machine only localhost', async () => {
    const source = await FakeSource.start((_, response) => answerJson(response, 200, {}));
    open_.push(() => source.stop());
    const port = new URL(source.baseUrl).port;
    const { send } = transportWith(() => ['127.0.0.1'], true);
    expect(await send(`http://localhost:${port}/`)).toMatchObject({ kind: 'answer', status: 200 });
    expect(await send(`https://named.example.org:${port}/`)).toMatchObject({ kind: 'forbidden' });
    const { send: elsewhere } = transportWith(() => ['10.0.0.7'], true);
    expect(await elsewhere('http://localhost/')).toMatchObject({ kind: 'forbidden' });
  });
});

it.each([301, 302, 303, 307, 308])('a %d to elsewhere is not followed', async (status) => {
  const source = await FakeSource.start((_, response) =>
    answerJson(response, status, {}, { location: 'http://169.254.169.254/latest/meta-data/' }),
  );
  open_.push(() => source.stop());
  const { send } = transportWith(() => []);
  expect(await send(source.baseUrl)).toMatchObject({ kind: 'answer', status });
  expect(source.requests).toHaveLength(1);
});
