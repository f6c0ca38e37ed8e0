/** A control: takes the sandbox and the checked-by-itself body, does its work, and says with counts what it did. */
import type { Fields } from '../body.js';
import type { Sandbox } from '../sandbox.js';

export type Verb = (sandbox: Sandbox, body: Fields) => unknown;
