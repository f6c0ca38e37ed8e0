/** What goes back over the wire: JSON, the API's flat error body, and gzip when the client asks for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';

const compress = promisify(gzip);
/** Smaller bodies grow by compression. */
const LEAST_GZIP_BYTES = 1024;

/** A refusal in the API's own words; thrown by reads, answered by the server. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const MINOR: Record<number, string> = {
  400: 'invaliddata',
  401: 'unauthorisedrequest',
  403: 'forbidden',
  404: 'unknownobject',
  422: 'invaliddata',
  429: 'server_busy',
};

/** details: the wrong fields of a body, each with what was expected. */
export function errorBody(status: number, description: string, details?: Record<string, string>[]): string {
  return JSON.stringify({
    imsx_codeMajor: 'failure',
    imsx_severity: 'error',
    imsx_description: description,
    imsx_CodeMinor: {
      imsx_codeMinorField: [
        {
          imsx_codeMinorFieldName: 'TargetEndSystem',
          imsx_codeMinorFieldValue: MINOR[status] ?? 'internal_server_error',
        },
      ],
    },
    ...(details ? { imsx_error_details: details } : {}),
  });
}

export interface Answer {
  status: number;
  /** text, or the bytes of a page that is free for others once `sent` was called */
  body: string | Buffer;
  type?: string;
  headers?: Record<string, string>;
  /** end the connection after this share of the body */
  closeAfter?: number;
  sent?: () => void;
}

export const json = (status: number, value: unknown): Answer => ({ status, body: JSON.stringify(value) });

export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  let bytes = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
  response.statusCode = answer.status;
  response.setHeader('content-type', answer.type ?? 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (bytes.length >= LEAST_GZIP_BYTES && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    bytes = await compress(bytes, { level: 1 });
    response.setHeader('content-encoding', 'gzip');
  }
  response.setHeader('content-length', bytes.length);
  if (answer.closeAfter === undefined) {
    if (answer.sent) response.once('finish', answer.sent);
    response.end(request.method === 'HEAD' ? undefined : bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length * answer.closeAfter)), () => request.socket.destroy());
}
