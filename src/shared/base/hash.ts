// Small stable hashes for keys and colours; not for security.

/** FNV-1a, 32 bits, over UTF-16 code units. */
export function hash32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i)
    h = Math.imul(h, 0x01000193)
  }
  return h >>> 0
}

/**
 * 64 bits from two independently mixed 32-bit lanes (the murmur3 finaliser), as an unsigned bigint. It names content in
 * the attribute dictionary: at 10 million distinct sets the chance of one collision is about 3 in a million.
 */
export function contentHash(text: string): bigint {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 0x9e3779b1)
    b = Math.imul(b ^ c, 0x5f356495)
    a = (a << 13) | (a >>> 19)
    b = (b << 17) | (b >>> 15)
  }
  a ^= text.length
  b ^= a
  a = finalise(a)
  b = finalise(b ^ a)
  return (BigInt(b >>> 0) << 32n) | BigInt(a >>> 0)
}

function finalise(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
