/** The API's description in OpenAPI, made from the schemas that requests and answers are checked against, and its page. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { problemSchema } from './problem.js';

const description = `Runs, holds, integrations and the roster of this installation.

**There is no sign-in yet. The API binds to loopback only and answers no other machine.** Each operation names the permission
that it will need. Errors are problem+json (RFC 9457) with a \`code\` and a \`nextStep\`.`;

export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder().setTitle('Rollcall').setDescription(description).setVersion('1').build();
  const document = SwaggerModule.createDocument(app, config);
  const { $schema: _, ...problem } = z.toJSONSchema(problemSchema, { target: 'openapi-3.0' });
  const schemas = { ...document.components?.schemas, Problem: problem as object };
  const sorted = Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { ...document, components: { ...document.components, schemas: sorted } };
}

/** The document is made when it is first asked for: most processes never are. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Rollcall API',
  });
}
