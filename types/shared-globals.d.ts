// The few globals that Node and browsers both have and that src/shared may use. It compiles without DOM and Node types,
// so that anything else is an error there. Only tsconfig.shared.json includes this file.

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
  throwIfAborted(): void
}
declare const AbortSignal: {
  any(signals: AbortSignal[]): AbortSignal
  abort(): AbortSignal
  timeout(ms: number): AbortSignal
}
declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, into: Uint8Array): { read: number; written: number }
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(bytes?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string
}
declare class URL {
  constructor(url: string, base?: string)
  static canParse(url: string): boolean
  href: string
  protocol: string
  host: string
  hostname: string
  pathname: string
  search: string
  hash: string
  readonly searchParams: URLSearchParams
}
declare class URLSearchParams implements Iterable<[string, string]> {
  constructor(init?: string | Record<string, string> | ReadonlyArray<readonly [string, string]>)
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string): boolean
  set(name: string, value: string): void
  append(name: string, value: string): void
  [Symbol.iterator](): IterableIterator<[string, string]>
}
type TimerHandle = { readonly __timer: never }
declare function setTimeout(run: () => void, ms?: number): TimerHandle
declare function clearTimeout(handle: TimerHandle | undefined): void
declare function setInterval(run: () => void, ms?: number): TimerHandle
declare function clearInterval(handle: TimerHandle | undefined): void
declare function queueMicrotask(run: () => void): void
declare function structuredClone<T>(value: T): T
declare const performance: { now(): number }
