/** An error's body in each of the shapes that OneRoster servers are seen to send. */
import { errorBody } from '../answers.js';
import type { ErrorShape } from './profile.js';

export function shapedError(shape: ErrorShape, status: number, text: string): { body: string; type?: string } {
  const root = errorBody(status, text);
  switch (shape) {
    case 'root':
      return { body: root };
    case 'wrapped':
      return { body: `{"imsx_StatusInfo":${root}}` };
    case 'text-minor':
      return {
        body: JSON.stringify({
          imsx_codeMajor: 'failure',
          imsx_severity: 'error',
          imsx_description: text,
          imsx_codeMinor: 'invalid_data',
        }),
      };
    case 'errors':
      return { body: JSON.stringify({ errors: [{ code: 'invalid data', message: text }] }) };
    case 'status-info-set':
      return {
        body: JSON.stringify({
          statusInfoSet: [
            {
              imsx_codeMajor: 'failure',
              imsx_severity: 'error',
              imsx_CodeMinor: 'unknown object',
              imsx_description: text,
            },
          ],
        }),
      };
    case 'page':
      return { body: `<html><body><h1>${status} ${text}</h1></body></html>`, type: 'text/html' };
  }
}
