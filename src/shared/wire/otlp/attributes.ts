// OTLP key-value lists to Attributes and back. What plain JSON cannot tell apart goes to `types`, so that the list that
// is written is the list that was read.

import type { Attributes, AttributeValue } from '../../domain/telemetry.ts'
import { NO_ATTRIBUTES } from '../../domain/telemetry.ts'
import type { Collector } from '../collector.ts'
import { floatOf, INTEGER_MARK, isObject, type JsonObject, listOf } from '../json/value.ts'

type Types = Record<string, 'double' | 'int' | 'bytes' | 'empty'>

/** Values nested deeper than this are replaced by a text that says so, and noted: views and stores walk them recursively. */
const MAX_DEPTH = 32

interface State {
  types: Types | undefined
  readonly into: Collector
}

/** A list of `{ key, value: AnyValue }`; a key given twice keeps its last value. What is cut is noted in the collector. */
export function readAttributes(list: unknown, into: Collector): Attributes {
  if (!Array.isArray(list) || list.length === 0) return NO_ATTRIBUTES
  const state: State = { types: undefined, into }
  const values: Record<string, AttributeValue> = {}
  for (const entry of list as readonly unknown[]) {
    if (!isObject(entry) || typeof entry.key !== 'string') continue
    const value = entry.value
    if (isObject(value) && typeof value.stringValue === 'string') setKey(values, entry.key, value.stringValue)
    else setKey(values, entry.key, readAnyValue(value, `/${pointerPart(entry.key)}`, state, 0))
  }
  return state.types === undefined ? { values } : { values, types: state.types }
}

/** An AnyValue on its own, such as a log body. */
export function readValue(value: unknown, into: Collector): { value: AttributeValue; types: Attributes['types'] } {
  const state: State = { types: undefined, into }
  return { value: readAnyValue(value, '', state, 0), types: state.types }
}

function readAnyValue(value: unknown, pointer: string, state: State, depth: number): AttributeValue {
  const mark = (type: Types[string]) => {
    state.types ??= {}
    setKey(state.types, pointer, type)
  }
  if (!isObject(value)) {
    mark('empty')
    return null
  }
  if (typeof value.stringValue === 'string') return value.stringValue
  if (value.intValue !== undefined) return readInt(value.intValue, mark)
  if (typeof value.boolValue === 'boolean') return value.boolValue
  if (value.doubleValue !== undefined) return readDouble(value.doubleValue, mark)
  if (depth >= MAX_DEPTH && (isObject(value.arrayValue) || isObject(value.kvlistValue))) {
    state.into.note(`an attribute value nested deeper than ${MAX_DEPTH} levels is cut there`)
    return '[nested too deeply]'
  }
  if (isObject(value.arrayValue))
    return listOf(value.arrayValue.values).map((item, i) => readAnyValue(item, `${pointer}/${i}`, state, depth + 1))
  if (isObject(value.kvlistValue)) {
    const out: Record<string, AttributeValue> = {}
    for (const entry of listOf(value.kvlistValue.values)) {
      if (!isObject(entry) || typeof entry.key !== 'string') continue
      setKey(out, entry.key, readAnyValue(entry.value, `${pointer}/${pointerPart(entry.key)}`, state, depth + 1))
    }
    return out
  }
  if (typeof value.bytesValue === 'string') {
    mark('bytes')
    return value.bytesValue
  }
  mark('empty')
  return null
}

function readInt(raw: unknown, mark: (type: 'int') => void): AttributeValue {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null
  if (typeof raw !== 'string') return null
  const text = raw.startsWith(INTEGER_MARK) ? raw.slice(INTEGER_MARK.length) : raw
  const number = Number(text)
  if (Number.isSafeInteger(number) && text !== '') return number
  mark('int')
  return text
}

function readDouble(raw: unknown, mark: (type: 'double') => void): AttributeValue {
  const number = floatOf(raw)
  if (number === undefined) return null
  if (Number.isInteger(number)) {
    mark('double')
    return Object.is(number, -0) ? '-0' : number
  }
  if (Number.isFinite(number)) return number
  mark('double')
  return Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity'
}

/** Attributes as the list OTLP writes; whole numbers are intValue as decimal text, as protobuf's JSON says. */
export function writeAttributes(attributes: Attributes): unknown[] {
  const out: unknown[] = []
  for (const key of Object.keys(attributes.values))
    out.push({
      key,
      value: writeValue(attributes.values[key] as AttributeValue, attributes.types, `/${pointerPart(key)}`),
    })
  return out
}

export function writeValue(value: AttributeValue, types: Attributes['types'], pointer = ''): JsonObject {
  const type = types !== undefined && Object.hasOwn(types, pointer) ? types[pointer] : undefined
  if (type === 'empty') return {}
  if (typeof value === 'string') {
    if (type === 'int') return { intValue: value }
    if (type === 'bytes') return { bytesValue: value }
    if (type === 'double') return { doubleValue: value === '-0' ? -0 : value }
    return { stringValue: value }
  }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number' && !Number.isFinite(value)) return { doubleValue: doubleText(value) }
  if (typeof value === 'number')
    return type === 'double' || !Number.isInteger(value) ? { doubleValue: value } : { intValue: String(value) }
  if (value === null) return {}
  if (Array.isArray(value))
    return {
      arrayValue: { values: value.map((item: AttributeValue, i) => writeValue(item, types, `${pointer}/${i}`)) },
    }
  const entries = Object.entries(value as Readonly<Record<string, AttributeValue>>)
  return {
    kvlistValue: {
      values: entries.map(([key, inner]) => ({
        key,
        value: writeValue(inner, types, `${pointer}/${pointerPart(key)}`),
      })),
    },
  }
}

/** A double as protobuf's JSON writes it: what JSON has no number for is text. */
export function doubleText(value: number): number | string {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

export function pointerPart(key: string): string {
  if (!key.includes('~') && !key.includes('/')) return key
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Assigns a key that comes from outside: `__proto__` becomes a property, not a prototype. */
export function setKey<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
  else target[key] = value
}
