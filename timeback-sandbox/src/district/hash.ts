/** A small integer hash: every invented detail of a district comes from it, so equal (seed, index) give equal bytes. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ b;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A salt of its own for each kind of detail, so that two details of one row are independent. */
export function salt(seed: number, name: string): number {
  let h = mix(seed >>> 0, Math.floor(seed / 0x1_0000_0000));
  for (const letter of name) h = mix(h, letter.codePointAt(0)!);
  return h;
}
