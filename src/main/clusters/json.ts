// Careful reading of an object whose shape is whatever its author sent.

export type JsonObject = { readonly [key: string]: unknown }

export function obj(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** '' for what is no scalar */
export function str(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : ''
}

/** 0 for what is no number */
export function num(value: unknown): number {
  const n = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : 0
  return Number.isFinite(n) ? n : 0
}

/** The value at a path of own keys, undefined where the path ends. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    const inside = obj(here)
    if (!Object.hasOwn(inside, key)) return undefined
    here = inside[key]
  }
  return here
}
