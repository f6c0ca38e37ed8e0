/**
 * TimeBack's published OpenAPI document, where it is at hand: it is not ours to ship. Finds the operation of a request, and says what of a
 * request or of an answer does not fit.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { least, misfits, type Schema, type Schemas } from './json-schema.js';

const beside = fileURLToPath(new URL('../../../../shared/data/timeback-openapi.json', import.meta.url));

export const publishedFile = process.env.ROLLCALL_TIMEBACK_OPENAPI ?? beside;
export const isPublishedAtHand = existsSync(publishedFile);

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Content {
  readonly content?: { readonly 'application/json'?: { readonly schema: Schema } };
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const schemaIn = (part?: Content) => part?.content?.['application/json']?.schema;

export class PublishedOperation {
  readonly id: string;

  constructor(
    private readonly operation: Operation,
    private readonly named: Schemas,
  ) {
    this.id = operation.operationId;
  }

  requestMisfits(query: URLSearchParams, body: string): readonly string[] {
    const known = (this.operation.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name);
    const strange = [...query.keys()]
      .filter((name) => !known.includes(name))
      .map((name) => `unknown parameter ${name}`);
    const schema = schemaIn(this.operation.requestBody);
    if (!schema) return [...strange, ...(body ? ['a body that nobody asked for'] : [])];
    return [...strange, ...misfits(body ? JSON.parse(body) : undefined, schema, this.named)];
  }

  answerMisfits(status: number, body: string): readonly string[] {
    const promised = this.operation.responses[status];
    if (!promised) return [`the status ${status} is not in the document`];
    const schema = schemaIn(promised);
    return schema ? misfits(JSON.parse(body), schema, this.named) : [];
  }

  /** The least that a success may say. */
  success(): { readonly status: number; readonly body: unknown } {
    const status = Number(Object.keys(this.operation.responses).find((code) => code.startsWith('2')));
    const schema = schemaIn(this.operation.responses[status]);
    return { status, body: schema ? least(schema, this.named) : undefined };
  }
}

export class PublishedApi {
  readonly #operations: { readonly method: string; readonly path: RegExp; readonly operation: PublishedOperation }[] =
    [];

  /** Of the operations below `base`. */
  constructor(base: string) {
    const document = JSON.parse(readFileSync(publishedFile, 'utf8')) as {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Schemas };
    };
    for (const [path, item] of Object.entries(document.paths))
      for (const method of methods.filter((name) => path.startsWith(base) && item[name])) {
        const operation = new PublishedOperation(item[method]!, document.components.schemas);
        this.#operations.push({ method, path: patternOf(path), operation });
      }
    // A path with fewer holes is meant before one with more.
    this.#operations.sort((a, b) => holes(a.path) - holes(b.path));
  }

  get ids(): readonly string[] {
    return this.#operations.map(({ operation }) => operation.id);
  }

  find(method: string, path: string): PublishedOperation | undefined {
    return this.#operations.find((each) => each.method === method.toLowerCase() && each.path.test(path))?.operation;
  }
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
const holes = (pattern: RegExp): number => pattern.source.split('[^/]+').length;
