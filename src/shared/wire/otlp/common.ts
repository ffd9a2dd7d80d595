// What the three OTLP signals share: ids, enums, resources and scopes made once, duplicate spans.

import type { Resource, Scope } from '../../domain/telemetry.ts'
import { NO_ATTRIBUTES } from '../../domain/telemetry.ts'
import type { Collector } from '../collector.ts'
import { isObject, textOf } from '../json/value.ts'
import { readAttributes } from './attributes.ts'

const HEX = /^[0-9a-fA-F]+$/
const ZEROS = /^0*$/

/** Lower-case hex of `digits` digits from hex (short ones padded) or base64; '' for none; undefined when it is neither. */
export function readId(value: unknown, digits: 16 | 32): string | undefined {
  if (value === undefined || value === null || value === '') return ''
  if (typeof value !== 'string') return undefined
  if (value.length <= digits && HEX.test(value)) {
    if (ZEROS.test(value)) return ''
    return value.toLowerCase().padStart(digits, '0')
  }
  const bytes = base64Bytes(value)
  if (bytes === undefined || bytes.length !== digits / 2) return undefined
  let out = ''
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0')
  return ZEROS.test(out) ? '' : out
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function base64Bytes(text: string): number[] | undefined {
  if (text.length > 64 || !BASE64.test(text)) return undefined
  const out: number[] = []
  let bits = 0
  let held = 0
  for (const char of text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')) {
    held = (held << 6) | ALPHABET.indexOf(char)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    out.push((held >> bits) & 0xff)
    held &= (1 << bits) - 1
  }
  return out
}

/** An enum as its number or its protobuf name; `fallback` for what is neither. */
export function readEnum(value: unknown, names: readonly string[], fallback = 0): number {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value < names.length ? value : fallback
  if (typeof value !== 'string') return fallback
  const at = names.indexOf(value)
  if (at >= 0) return at
  return /^\d{1,3}$/.test(value) && Number(value) < names.length ? Number(value) : fallback
}

export function positiveOrUndefined(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && number > 0 && Number.isSafeInteger(number) ? number : undefined
}

const MAX_KEPT = 20_000

/** One object per distinct resource or scope of a file: the store hashes each object once. */
export class Shared {
  readonly #into: Collector
  readonly #resources = new Map<string, Resource>()
  readonly #scopes = new Map<string, Scope>()

  constructor(into: Collector) {
    this.#into = into
  }

  resource(raw: unknown, schemaUrl: unknown): Resource {
    const key = raw === undefined && schemaUrl === undefined ? '' : JSON.stringify([raw, schemaUrl])
    const known = this.#resources.get(key)
    if (known) return known
    const source = isObject(raw) ? raw : {}
    const resource: Resource = {
      attributes: readAttributes(source.attributes, this.#into),
      schemaUrl: textOf(schemaUrl) || undefined,
      droppedAttributes: positiveOrUndefined(source.droppedAttributesCount),
    }
    if (this.#resources.size >= MAX_KEPT) this.#resources.clear()
    this.#resources.set(key, resource)
    return resource
  }

  scope(raw: unknown, schemaUrl: unknown): Scope | undefined {
    if (!isObject(raw) && typeof schemaUrl !== 'string') return undefined
    const key = JSON.stringify([raw, schemaUrl])
    const known = this.#scopes.get(key)
    if (known) return known
    const source = isObject(raw) ? raw : {}
    const attributes = readAttributes(source.attributes, this.#into)
    const scope: Scope = {
      name: textOf(source.name),
      version: textOf(source.version) || undefined,
      attributes: attributes === NO_ATTRIBUTES ? undefined : attributes,
      schemaUrl: textOf(schemaUrl) || undefined,
      droppedAttributes: positiveOrUndefined(source.droppedAttributesCount),
    }
    if (this.#scopes.size >= MAX_KEPT) this.#scopes.clear()
    this.#scopes.set(key, scope)
    return scope
  }
}

/** `service.name` of a resource, else the fallback. */
export function serviceOf(resource: Resource, fallback: string): string {
  const name = resource.attributes.values['service.name']
  return typeof name === 'string' && name !== '' ? name : fallback
}
