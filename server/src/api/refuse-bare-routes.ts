/** Stops the start of an API in which a route does not say what permission it needs and how it is audited. */
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { policyOf } from './route.js';

export function refuseBareRoutes(app: NestFastifyApplication): void {
  const scanner = new MetadataScanner();
  const controllers = app.get(DiscoveryService).getControllers();
  const bare = controllers.flatMap(({ metatype }) => {
    if (!metatype) return [];
    return scanner
      .getAllMethodNames(metatype.prototype)
      .filter((method) => isBare(metatype.prototype[method]))
      .map((method) => `${metatype.name}.${method}`);
  });
  if (bare.length > 0) throw new Error(`Routes without permission and audit policy: ${bare.join(', ')}.`);
}

function isBare(handler: object): boolean {
  if (!Reflect.hasMetadata(PATH_METADATA, handler)) return false;
  const policy = policyOf(handler);
  return !policy?.permission || !policy.audit;
}
