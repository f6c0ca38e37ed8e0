/**
 * Finds the rows of a page in its raw bytes, so that a row that did not change need not be parsed. Sound together with the parser:
 * where the envelope and every row are JSON by themselves, the body is the JSON document that they make up.
 */
export interface SplitRows {
  /** The body's text with the list emptied. */
  readonly envelope: string;
  readonly rows: readonly Row[];
}

/** Bytes `start` up to but not including `end` of the body. */
export interface Row {
  readonly start: number;
  readonly end: number;
}

/** Null for all that is unusual: the caller then parses the whole body, which also says what is wrong with it. */
export function splitRows(bytes: Buffer, listKey: string): SplitRows | null {
  const body = { bytes, words: wordsOf(bytes) };
  const name = Buffer.from(JSON.stringify(listKey));
  let list: List | null = null;
  let at = afterSpace(bytes, 0);
  if (bytes[at] !== openBrace) return null;
  do {
    const start = afterSpace(bytes, at + 1);
    const end = bytes[start] === quote ? endOfString(body, start) : -1;
    const key = bytes.subarray(start, end);
    // An escaped key may be the list's in disguise.
    if (end < 0 || key.includes(backslash)) return null;
    const colonAt = afterSpace(bytes, end);
    if (bytes[colonAt] !== colon) return null;
    at = afterSpace(bytes, colonAt + 1);
    if (key.equals(name)) {
      // Of two lists the parser lets the last one win.
      if (list !== null) return null;
      list = listAt(body, at);
      at = list?.end ?? -1;
    } else at = endOfValue(body, at);
    if (at < 0) return null;
    at = afterSpace(bytes, at);
  } while (bytes[at] === comma);
  if (list === null || bytes[at] !== closeBrace || afterSpace(bytes, at + 1) !== bytes.length) return null;
  return { envelope: `${bytes.toString('utf8', 0, list.start)}[]${bytes.toString('utf8', list.end)}`, rows: list.rows };
}

interface Body {
  readonly bytes: Buffer;
  /** The same memory by fours; empty where it does not begin at a multiple of four. */
  readonly words: Int32Array;
}

const wordsOf = ({ buffer, byteOffset, length }: Buffer): Int32Array =>
  (byteOffset & 3) === 0 ? new Int32Array(buffer, byteOffset, length >> 2) : new Int32Array(0);

interface List extends Row {
  readonly rows: readonly Row[];
}

function listAt(body: Body, start: number): List | null {
  const { bytes } = body;
  if (bytes[start] !== openBracket) return null;
  const rows: Row[] = [];
  let at = afterSpace(bytes, start + 1);
  if (bytes[at] === closeBracket) return { start, end: at + 1, rows };
  for (;;) {
    const end = endOfValue(body, at);
    if (end < 0) return null;
    rows.push({ start: at, end });
    at = afterSpace(bytes, end);
    if (bytes[at] === closeBracket) return { start, end: at + 1, rows };
    if (bytes[at] !== comma) return null;
    at = afterSpace(bytes, at + 1);
  }
}

/** Where the value that begins at `start` ends, or -1. Whether it is JSON inside is for the parser to say. */
function endOfValue(body: Body, start: number): number {
  const { bytes } = body;
  const first = bytes[start];
  if (first === openBrace || first === openBracket) return endOfNested(body, start);
  if (first === quote) return endOfString(body, start);
  let at = start;
  while (at < bytes.length && !endsScalar(bytes[at]!)) at += 1;
  return at === start ? -1 : at;
}

/** `[` and `{`, and `]` and `}`, differ in one bit. They are counted together: the parser refuses what is crossed. */
function endOfNested(body: Body, start: number): number {
  const { bytes } = body;
  const { length } = bytes;
  let depth = 0;
  for (let at = start; at < length; at += 1) {
    const byte = bytes[at]!;
    if (byte === quote) {
      at = endOfString(body, at) - 1;
      if (at < 0) return -1;
    } else if ((byte | caseBit) === openBrace) depth += 1;
    else if ((byte | caseBit) === closeBrace && --depth === 0) return at + 1;
  }
  return -1;
}

/** The quote that no backslash, or an even number of them, stands before. */
function endOfString({ bytes, words }: Body, start: number): number {
  let at = start;
  do at = nextQuote(bytes, words, at + 1);
  while (at >= 0 && bytes[at - 1] === backslash && isEscaped(bytes, at));
  return at < 0 ? -1 : at + 1;
}

/** Most of a roster is inside of strings, hence four bytes at a time: a word without a zero byte, once its quotes are made zero, has none. */
function nextQuote(bytes: Buffer, words: Int32Array, start: number): number {
  const { length } = bytes;
  for (let at = start; at < length;) {
    if (bytes[at] === quote) return at;
    at += 1;
    if ((at & 3) !== 0) continue;
    let word = at >> 2;
    for (; word < words.length; word += 1) {
      const zeroed = words[word]! ^ fourQuotes;
      if (((zeroed - 0x01010101) & ~zeroed & 0x80808080) !== 0) break;
    }
    at = word << 2;
  }
  return -1;
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let before = at - 1;
  while (bytes[before] === backslash) before -= 1;
  return (at - before) % 2 === 0;
}

function afterSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && isSpace(bytes[at]!)) at += 1;
  return at;
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const endsScalar = (byte: number): boolean =>
  byte === comma || byte === closeBracket || byte === closeBrace || isSpace(byte);

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const caseBit = 0x20;
const fourQuotes = 0x22222222;
