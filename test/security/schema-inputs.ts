// Inputs made from the contract's own schemas: ones that fit, ones that fit but for one place, ones that mean harm.

import { z } from 'zod'
import type { MethodSpec } from '../../src/shared/contract/define.ts'

type Schema = { readonly [key: string]: unknown }
export type Draw = () => number

export interface World {
  /** values that exist, by the name of the property that takes them */
  readonly known: Readonly<Record<string, readonly unknown[]>>
}

export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  "' OR 1=1 --",
  '"; DROP TABLE sources; --',
  "'); ATTACH 'x' AS y; --",
  '$1',
  '{{7*7}}',
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  '<img src=x onerror=alert(1)>',
  '\u202Egnp.exe\u200B',
  '\uD800',
  'a'.repeat(70_000),
  '('.repeat(5000),
  '((((a+)+)+)+)+$',
  '/(a+)+$/',
  '/[/',
  'NaN',
  '-0',
  '1e400',
  '9'.repeat(400),
  '%n%s%x',
  '\u001B[2J\u001B]0;x\u0007',
  'sum by (x) (rate(x[5m]))',
  '=HYPERLINK("http://x")',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  'now-999999999999h',
]

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  undefined,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  2 ** 53,
  -(2 ** 63),
  1.5,
  true,
  [],
  {},
  [[[[[[[[[[]]]]]]]]]],
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
  new Uint8Array(8),
  10n ** 30n,
  Array.from({ length: 20_000 }, (_, i) => i),
  nested(2000),
]

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = { a: value }
  return value
}

/** Chosen from what is given, so that nothing outside of the test is read, written or called, nor gigabytes are made. */
const PATHLIKE = /^(paths?|url|scale|token_?file|.*(file|dir|folder|path)s?)$/i
const TIMES = ['now', 'now-15m', '2026-11-02T14:00:00Z', '1793628000000000000', '2026-11-02T15:00:00.000000001Z']

export class InputMaker {
  readonly #draw: Draw
  readonly #world: World

  constructor(draw: Draw, world: World) {
    this.#draw = draw
    this.#world = world
  }

  valid(spec: MethodSpec): unknown {
    const schema = z.toJSONSchema(spec.input, { io: 'input', unrepresentable: 'any', cycles: 'ref' }) as Schema
    return this.#value(schema, '', 0, schema)
  }

  /** Fits but for one place, chosen anywhere in it. */
  nearValid(spec: MethodSpec): unknown {
    return this.#spoiled(this.valid(spec), () => this.#pick([...HOSTILE_VALUES, ...HOSTILE_TEXTS]))
  }

  /** Fits in its types; its words mean harm. */
  hostile(spec: MethodSpec): unknown {
    const spoil = (value: unknown, name: string): unknown => {
      if (Array.isArray(value)) return value.map((item) => spoil(item, name))
      if (typeof value === 'object' && value !== null)
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoil(item, key)]))
      if (typeof value === 'string' && !PATHLIKE.test(name) && this.#draw() < 0.5) return this.#pick(HOSTILE_TEXTS)
      return value
    }
    return spoil(this.valid(spec), '')
  }

  #spoiled(value: unknown, by: () => unknown): unknown {
    const isObject = typeof value === 'object' && value !== null
    if (!isObject || this.#draw() < 0.1) return by()
    const keys = Object.keys(value)
    if (keys.length === 0 || this.#draw() < 0.1) return { ...value, [this.#pick(HOSTILE_TEXTS)]: by() }
    const key = this.#pick(keys)
    if (PATHLIKE.test(key)) return value
    const copy: Record<string, unknown> = { ...value }
    copy[key] = this.#draw() < 0.5 ? by() : this.#spoiled(copy[key], by)
    return Array.isArray(value) ? Object.values(copy) : copy
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#draw() * from.length)] as T
  }

  #value(schema: Schema, name: string, depth: number, root: Schema): unknown {
    if (typeof schema['$ref'] === 'string') {
      const found = schema['$ref']
        .split('/')
        .slice(1)
        .reduce<unknown>((at, key) => (at as Schema)[key], root)
      return depth > 6 ? null : this.#value((found ?? {}) as Schema, name, depth + 1, root)
    }
    const known = Object.hasOwn(this.#world.known, name) ? this.#world.known[name] : undefined
    if (known && schema['type'] !== 'array' && this.#draw() < (PATHLIKE.test(name) ? 1 : 0.8)) return this.#pick(known)
    if ('const' in schema) return schema['const']
    if (Array.isArray(schema['enum'])) return this.#pick(schema['enum'])
    for (const either of ['anyOf', 'oneOf'])
      if (Array.isArray(schema[either])) return this.#value(this.#pick(schema[either] as Schema[]), name, depth, root)
    if (Array.isArray(schema['allOf']))
      return Object.assign({}, ...(schema['allOf'] as Schema[]).map((part) => this.#value(part, name, depth, root)))
    switch (schema['type']) {
      case 'object':
        return this.#object(schema, depth, root)
      case 'array': {
        const least = Number(schema['minItems'] ?? 0)
        const length = Math.min(Number(schema['maxItems'] ?? 3), least + Math.floor(this.#draw() * 3))
        return Array.from({ length }, () => this.#value((schema['items'] ?? {}) as Schema, name, depth + 1, root))
      }
      case 'integer':
      case 'number': {
        const low = Math.max(Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? 0), -1e9)
        const high = Math.min(Number(schema['maximum'] ?? schema['exclusiveMaximum'] ?? low + 1000), low + 1e6)
        const number = low + this.#draw() * (high - low)
        return schema['type'] === 'integer' ? Math.round(number) : number
      }
      case 'boolean':
        return this.#draw() < 0.5
      case 'string':
        return this.#text(schema, name)
      case 'null':
        return null
      default:
        return this.#pick<unknown>(['x', 1, null, {}, []])
    }
  }

  #object(schema: Schema, depth: number, root: Schema): unknown {
    const out: Record<string, unknown> = {}
    const required = new Set((schema['required'] as string[] | undefined) ?? [])
    for (const [key, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>))
      if (required.has(key) || (depth < 5 && this.#draw() < 0.5)) out[key] = this.#value(inner, key, depth + 1, root)
    const extra = schema['additionalProperties']
    if (typeof extra === 'object' && extra !== null && this.#draw() < 0.7)
      out[this.#pick(['service', 'k', 'http.route'])] = this.#value(extra as Schema, '', depth + 1, root)
    return out
  }

  #text(schema: Schema, name: string): string {
    const pattern = String(schema['pattern'] ?? '')
    if (pattern.includes('0-9a-f')) return this.#pick(['a1b2c3', '0af7651916cd43dd', 'b7ad6b7169203331'])
    if (pattern.includes('\\d')) return String(Math.floor(this.#draw() * 1e6))
    if (/^(from|to|at|time|until)$/i.test(name) || /At$/.test(name)) return this.#pick(TIMES)
    const text = this.#pick(['checkout', 'error', 'x', 'service:checkout', 'up', 'POST /orders', 'a b c', '中文', '5m'])
    return text.padEnd(Number(schema['minLength'] ?? 0), 'x').slice(0, Number(schema['maxLength'] ?? 1000))
  }
}
