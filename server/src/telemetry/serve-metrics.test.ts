/** A worker's metrics are on this machine alone, and never a reason for the worker not to work. */
import { request } from 'node:http';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from '@jest/globals';
import type { Log } from '@rollcall/connectors';
import { MetricsRegistry } from './metrics.js';
import { serveMetrics, type ServedMetrics } from './serve-metrics.js';

const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
const metrics = new MetricsRegistry();
metrics.count('rollcall_token_refresh_total', { outcome: 'granted' });

let served: ServedMetrics | null = null;
afterEach(async () => served?.close());
const serve = async (port = 0) => (served = await serveMetrics(metrics, { port, log }))!;

const statusWith = (url: string, headers: Record<string, string>, method = 'GET') =>
  new Promise<number>((resolve, reject) => {
    const asked = request(url, { headers, method }, (response) => resolve(response.resume().statusCode!));
    asked.on('error', reject).end();
  });

it('answers with Prometheus text', async () => {
  const response = await fetch((await serve()).url);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  expect(await response.text()).toContain('rollcall_token_refresh_total{outcome="granted"} 1\n');
});

it('takes a free port where the wanted one is taken', async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  const { port: taken } = other.address() as { port: number };
  const { port, url } = await serve(taken);
  expect(port).not.toBe(taken);
  expect((await fetch(url)).status).toBe(200);
  await new Promise((closed) => other.close(closed));
});

it('refuses a page of another site, another address and another method', async () => {
  const { url, port } = await serve();
  expect(await statusWith(url, { host: 'rollcall.example' })).toBe(403);
  expect(await statusWith(url, { host: `localhost:${port}` })).toBe(200);
  expect(await statusWith(`http://127.0.0.1:${port}/`, {})).toBe(404);
  expect(await statusWith(url, {}, 'POST')).toBe(405);
});

it('does not listen on the network', async () => {
  const { port } = await serve();
  const ours = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  for (const { address, family, internal } of ours)
    if (family === 'IPv4' && !internal) await expect(fetch(`http://${address}:${port}/metrics`)).rejects.toThrow();
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
});
