// Writes protobuf fields one after another; what a field means is its caller's business.

export class ProtoWriter {
  readonly #parts: number[] = []

  bytes(): Uint8Array {
    return Uint8Array.from(this.#parts)
  }

  varint(field: number, value: number | bigint): this {
    this.#raw(BigInt(field << 3))
    this.#raw(BigInt.asUintN(64, BigInt(value)))
    return this
  }

  /** sint32, sint64 */
  zigzag(field: number, value: number): this {
    const big = BigInt(value)
    return this.varint(field, (big << 1n) ^ (big >> 63n))
  }

  double(field: number, value: number): this {
    this.#raw(BigInt((field << 3) | 1))
    this.#parts.push(...new Uint8Array(Float64Array.of(value).buffer))
    return this
  }

  text(field: number, value: string): this {
    return this.nested(field, new TextEncoder().encode(value))
  }

  nested(field: number, bytes: Uint8Array): this {
    this.#raw(BigInt((field << 3) | 2))
    this.#raw(BigInt(bytes.length))
    for (const byte of bytes) this.#parts.push(byte)
    return this
  }

  /** packed */
  zigzags(field: number, values: readonly number[]): this {
    const packed = new ProtoWriter()
    for (const value of values) packed.#raw(BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n)))
    return values.length === 0 ? this : this.nested(field, packed.bytes())
  }

  doubles(field: number, values: readonly number[]): this {
    return values.length === 0 ? this : this.nested(field, new Uint8Array(Float64Array.from(values).buffer))
  }

  #raw(value: bigint): void {
    let rest = value
    do {
      const byte = Number(rest & 0x7fn)
      rest >>= 7n
      this.#parts.push(rest === 0n ? byte : byte | 0x80)
    } while (rest !== 0n)
  }
}
