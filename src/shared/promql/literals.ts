// Numbers, durations and quoted strings of PromQL.

const DURATION_UNITS: ReadonlyArray<readonly [string, number]> = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/** "1h30m" in milliseconds; undefined when it is not one (units must fall in size). */
export function durationMs(text: string): number | undefined {
  const m = text === '' ? null : DURATION.exec(text)
  if (!m) return undefined
  let total = 0
  DURATION_UNITS.forEach(([, size], i) => {
    if (m[i + 1] !== undefined) total += Number(m[i + 1]) * size
  })
  return total
}

/** A number or, in seconds, a duration: "12", "0x1f", "1e3", "1_000", "Inf", "NaN", "5m"; undefined when neither. */
export function numberOf(text: string): number | undefined {
  const clean = text.replace(/(?<=[0-9a-fA-FxX])_(?=[0-9a-fA-F])/g, '')
  const lower = clean.toLowerCase()
  if (lower === 'inf' || lower === '+inf') return Infinity
  if (lower === '-inf') return -Infinity
  if (lower === 'nan') return NaN
  if (/^[-+]/.test(clean)) {
    const inner = numberOf(clean.slice(1))
    return inner === undefined ? undefined : clean.startsWith('-') ? -inner : inner
  }
  if (/^0[0-7]+$/.test(clean)) return Number.parseInt(clean, 8)
  if (/^0x[0-9a-f]+$/i.test(clean)) return Number(clean)
  if (/^(\d+(?:\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(clean)) return Number(clean)
  const duration = durationMs(clean)
  return duration === undefined ? undefined : duration / 1000
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** A quoted text with Go's escapes; backquotes take everything as it is. Undefined when an escape is malformed. */
export function unquote(text: string): string | undefined {
  const body = text.slice(1, -1)
  if (text.startsWith('`')) return body
  if (!body.includes('\\')) return body
  let bytes: number[] = []
  let out = ''
  const flush = () => {
    if (bytes.length > 0) out += new TextDecoder().decode(new Uint8Array(bytes))
    bytes = []
  }
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== '\\') {
      flush()
      out += body[i]
      continue
    }
    const rest = body.slice(i + 1)
    const m = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"]))/.exec(rest)
    if (!m) return undefined
    i += m[0].length
    if (m[1] !== undefined) bytes.push(Number.parseInt(m[1], 16))
    else if (m[4] !== undefined) bytes.push(Number.parseInt(m[4], 8) & 255)
    else {
      flush()
      const code = m[2] ?? m[3]
      if (code === undefined) out += SIMPLE[m[5] as string]
      else {
        const point = Number.parseInt(code, 16)
        if (point > 0x10ffff) return undefined
        out += String.fromCodePoint(point)
      }
    }
  }
  flush()
  return out
}

/** A number as Go's %g prints it, for messages that Prometheus words that way. */
export function formatG(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  if (Object.is(value, -0)) return '-0'
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
  if (exponent < -4 || exponent >= 21) return value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2')
  return String(value)
}

/** A number as Go's FormatFloat(v, 'f', -1) prints it: never an exponent. Used for label values. */
export function formatPlain(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const m = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(text)
  if (!m) return text
  const digits = `${m[2]}${m[3] ?? ''}`
  const point = Number(m[4]) + 1
  if (point <= 0) return `${m[1]}0.${'0'.repeat(-point)}${digits}`
  return `${m[1]}${digits.padEnd(point, '0')}`
}
