/** A port that was asked for is used or refused; one that was not gives way. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { freePort } from '../../config/free-port.js';
import { choosePort } from './choose-port.js';

let server: Server;
let taken: number;
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  taken = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

const wish = (setting: number, fallback: number) => ({ what: 'API', variable: 'ROLLCALL_API_PORT', setting, fallback });

it('takes the port that was asked for', async () => {
  const port = await freePort();
  expect(await choosePort(wish(port, 1))).toBe(port);
});

it('refuses, with what to do, when the port that was asked for is taken', async () => {
  const sentence = `Port ${taken} for the API is taken by another program: end that program, or set ROLLCALL_API_PORT to another port.`;
  await expect(choosePort(wish(taken, 1))).rejects.toThrow(sentence);
});

it('takes another one when only the default is taken', async () => {
  const port = await choosePort(wish(taken, taken));
  expect(port).toBeGreaterThan(0);
  expect(port).not.toBe(taken);
});

it('prefers the port that was used the last time, unless it is taken', async () => {
  const before = await freePort();
  expect(await choosePort(wish(1, 1), before)).toBe(before);
  expect(await choosePort(wish(before, before), taken)).toBe(before);
});
