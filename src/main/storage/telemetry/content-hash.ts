// The 64-bit name of attributes by their content, computed without making JSON of them. Same content, same name, in every
// process: rows of the dictionary are found again by it.

import type { Attributes, AttributeValue, Resource, Scope } from '../../../shared/domain/telemetry.ts'

const number = new Float64Array(1)
const numberWords = new Uint32Array(number.buffer)

/** Two independently mixed 32-bit lanes (as contentHash of shared/base); `low` and `high` hold the result after `finish`. */
export class ContentHasher {
  low = 0
  high = 0
  #a = 0xdeadbeef
  #b = 0x41c6ce57
  #words = 0

  begin(): this {
    this.#a = 0xdeadbeef
    this.#b = 0x41c6ce57
    this.#words = 0
    return this
  }

  word(value: number): void {
    const a = Math.imul(this.#a ^ value, 0x9e3779b1)
    const b = Math.imul(this.#b ^ value, 0x5f356495)
    this.#a = (a << 13) | (a >>> 19)
    this.#b = (b << 17) | (b >>> 15)
    this.#words++
  }

  /** The length first, so that no two lists of texts run together; then two UTF-16 units a step. */
  text(value: string): void {
    let a = this.#a
    let b = this.#b
    const length = value.length
    a = Math.imul(a ^ length, 0x9e3779b1)
    b = Math.imul(b ^ length, 0x5f356495)
    a = (a << 13) | (a >>> 19)
    b = (b << 17) | (b >>> 15)
    let i = 0
    for (; i + 1 < length; i += 2) {
      const pair = value.charCodeAt(i) | (value.charCodeAt(i + 1) << 16)
      a = Math.imul(a ^ pair, 0x9e3779b1)
      b = Math.imul(b ^ pair, 0x5f356495)
      a = (a << 13) | (a >>> 19)
      b = (b << 17) | (b >>> 15)
    }
    if (i < length) {
      const last = value.charCodeAt(i)
      a = Math.imul(a ^ last, 0x9e3779b1)
      b = Math.imul(b ^ last, 0x5f356495)
      a = (a << 13) | (a >>> 19)
      b = (b << 17) | (b >>> 15)
    }
    this.#a = a
    this.#b = b
    this.#words += length + 1
  }

  value(value: AttributeValue | undefined): void {
    if (typeof value === 'string') {
      this.word(1)
      this.text(value)
    } else if (typeof value === 'number') {
      number[0] = value
      this.word(2)
      this.word(numberWords[0] as number)
      this.word(numberWords[1] as number)
    } else if (typeof value === 'boolean') this.word(value ? 3 : 4)
    else if (value === null || value === undefined) this.word(5)
    else if (isList(value)) {
      this.word(6)
      this.word(value.length)
      for (const item of value) this.value(item)
    } else {
      this.word(7)
      this.record(value)
    }
  }

  record(values: Readonly<Record<string, AttributeValue>>): void {
    let count = 0
    for (const key in values) {
      this.text(key)
      this.value(values[key])
      count++
    }
    this.word(count)
  }

  attributes(attributes: Attributes | undefined): void {
    if (attributes === undefined) return this.word(8)
    this.record(attributes.values)
    if (attributes.types === undefined) return this.word(9)
    for (const key in attributes.types) {
      this.text(key)
      this.text(attributes.types[key] as string)
    }
  }

  resource(resource: Resource): void {
    this.attributes(resource.attributes)
    if (resource.schemaUrl === undefined && resource.droppedAttributes === undefined) return
    this.value(resource.schemaUrl)
    this.value(resource.droppedAttributes)
  }

  scope(scope: Scope): void {
    this.attributes(scope.attributes)
    this.text(scope.name)
    this.value(scope.version)
    this.value(scope.schemaUrl)
    this.value(scope.droppedAttributes)
  }

  /** Never (0, 0), which the tables of names use for "free". */
  finish(): this {
    const a = finalise(this.#a ^ this.#words)
    const b = finalise(this.#b ^ a)
    this.low = a >>> 0 || 1
    this.high = b >>> 0
    return this
  }
}

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value)

function finalise(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** The set of 64-bit names that a source already has, as two words each: no bigint per row. */
export class NameSet {
  #words = new Uint32Array(2048)
  #size = 0

  /** @param words two of each name */
  static of(words: Uint32Array): NameSet {
    const set = new NameSet()
    for (let i = 0; i + 1 < words.length; i += 2) set.add(words[i] as number, words[i + 1] as number)
    return set
  }

  get size(): number {
    return this.#size
  }

  /** true when the name is new. */
  add(low: number, high: number): boolean {
    const mask = this.#words.length / 2 - 1
    let slot = (low ^ high) & mask
    for (;;) {
      const l = this.#words[slot * 2] as number
      const h = this.#words[slot * 2 + 1] as number
      if (l === 0 && h === 0) break
      if (l === low && h === high) return false
      slot = (slot + 1) & mask
    }
    this.#words[slot * 2] = low
    this.#words[slot * 2 + 1] = high
    if (++this.#size * 4 > this.#words.length) this.#grow()
    return true
  }

  #grow(): void {
    const old = this.#words
    this.#words = new Uint32Array(old.length * 2)
    this.#size = 0
    for (let i = 0; i < old.length; i += 2)
      if (old[i] !== 0 || old[i + 1] !== 0) this.add(old[i] as number, old[i + 1] as number)
  }
}
