/** The laws of a provider's life: every step may be repeated, a stopped provider refuses to read, health never throws. */
import { Fault } from '@rollcall/core';
import assert from 'node:assert/strict';
import { context, type Law, type MakeProvider } from './law.js';

async function started(make: MakeProvider) {
  const provider = make();
  await provider.init();
  await provider.start();
  return provider;
}

export const lifeCycleLaws: readonly Law[] = [
  {
    name: 'init, start and stop may each be called twice, and the provider started again',
    async check(make) {
      const provider = await started(make);
      await provider.init();
      await provider.start();
      await provider.stop();
      await provider.stop();
      await provider.start();
      const page = await provider.readPage('orgs', { offset: 0, limit: 1 }, context());
      await provider.stop();
      assert.equal(page.rowCount, 1);
    },
  },
  {
    name: 'a provider that is not started refuses to read with a fault',
    async check(make) {
      const provider = make();
      const reads = [
        () => provider.readPage('orgs', { offset: 0, limit: 1 }, context()),
        () => provider.readOne('orgs', 'any', context()),
      ];
      for (const read of reads) await assert.rejects(read, (error) => error instanceof Fault);
    },
  },
  {
    name: 'health is healthy while started and unhealthy, without an error, when stopped',
    async check(make) {
      const provider = await started(make);
      const up = await provider.health();
      await provider.stop();
      const down = await provider.health();
      assert.equal(up.status, 'healthy');
      assert.equal(up.reason, null);
      assert.equal(down.status, 'unhealthy');
      assert.ok(down.reason);
      assert.match(up.checkedAt, /^\d{4}-\d\d-\d\dT.*Z$/);
    },
  },
  {
    name: 'the connection test names its steps and passes while the source is well',
    async check(make) {
      const provider = await started(make);
      const test = await provider.test();
      await provider.stop();
      assert.ok(test.ok && test.steps.length >= 6);
      assert.ok((await provider.test()).ok === false);
    },
  },
  {
    name: 'a page size that is asked for is one that the provider allows',
    async check(make) {
      const { capabilities } = make();
      assert.ok(capabilities.pageSize >= 1 && capabilities.pageSize <= capabilities.maxPageSize);
      assert.ok(capabilities.maxInFlight >= 1);
    },
  },
];
