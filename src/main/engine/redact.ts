// Takes secrets out of what is logged: by the name of a field and by the shape of a value.

const SECRET_NAME =
  /^(.*[-_.])?(pass(word|wd|phrase)?|secret|token|authorization|cookie|set-cookie|credentials?|api[-_]?key|private[-_]?key|access[-_]?key|client[-_]?secret|session[-_]?key|bearer)$/i
const SECRET_CAMEL = /(Password|Passphrase|Secret|Token|Authorization|Cookie|Credentials?|ApiKey|PrivateKey|AccessKey)$/

/** Shapes of secrets inside longer text, each with what stays to be read. */
const SHAPES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(Bearer|Basic|ApiKey|Token)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/:@]*:[^\s/@]+@/gi, '$1[redacted]@'],
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, '[redacted jwt]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted key]'],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/g, '[redacted key]'],
  [/\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bsk-[\w-]{20,}/g, '[redacted token]'],
  [
    /\b(pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?token)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
    '$1$2[redacted]',
  ],
]

const MAX_TEXT = 4096
const MAX_ITEMS = 100
const MAX_DEPTH = 6

export function redactText(text: string): string {
  let out = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}.. (${text.length - MAX_TEXT} characters more)` : text
  for (const [shape, replacement] of SHAPES) out = out.replace(shape, replacement)
  return out
}

/** A plain JSON value of anything, without secrets, bounded in depth and size; what was cut says so. */
export function redactValue(value: unknown, depth = MAX_DEPTH): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value)
    case 'bigint':
      return value.toString()
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
    case 'undefined':
      return value
    case 'object':
      return value === null ? null : redactObject(value, depth)
    default:
      return `[${typeof value}]`
  }
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Error) return redactError(value, depth)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth <= 0) return '[nested deeper]'
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth - 1))
    if (value.length > MAX_ITEMS) items.push(`[${value.length - MAX_ITEMS} more]`)
    return items
  }
  const out: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value).slice(0, MAX_ITEMS)) out[key] = redactField(key, item, depth)
  const more = Object.keys(value).length - MAX_ITEMS
  if (more > 0) out['..'] = `[${more} more]`
  return out
}

function redactField(key: string, value: unknown, depth: number): unknown {
  const secret = SECRET_NAME.test(key) || SECRET_CAMEL.test(key)
  if (secret && value !== undefined && value !== null && value !== '') return '[redacted]'
  return redactValue(value, depth - 1)
}

function redactError(error: Error, depth: number): unknown {
  const out: Record<string, unknown> = { name: error.name, message: redactText(error.message) }
  if ('code' in error) out['code'] = redactValue(error.code)
  if (error.stack !== undefined) out['stack'] = redactText(error.stack)
  if (error.cause !== undefined && depth > 0) out['cause'] = redactValue(error.cause, depth - 1)
  return out
}
