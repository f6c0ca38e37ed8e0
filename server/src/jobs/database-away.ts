/** Tells a database that passes by itself (away, full, overtaken by others) from a fault of ours. Core's table says which is which. */
import { isPassing } from '../store/trouble.js';

export const isDatabaseAway = isPassing;
