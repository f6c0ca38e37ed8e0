/** Writes openapi.json anew from the code, after a change of the API that is meant. Run from dist. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApi } from '../create-api.js';
import { openApiDocument } from '../openapi.js';
import { partsFor } from './api-under-test.js';

const { parts } = partsFor();
const app = await createApi(parts);
const file = join(import.meta.dirname, '..', '..', '..', 'src', 'api', 'openapi.json');
writeFileSync(file, `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
await app.close();
await parts.db.close();
