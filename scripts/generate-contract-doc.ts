// Writes docs/contract.md from the contract; `--check` only says whether it is current.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractSchemas, type MethodSchema } from '../src/main/cli/schemas.ts'
import { ROOT } from './lib/run.ts'

type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const schemas = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : [])

/** A JSON schema as the short type that people read. */
function typeText(schema: Schema, depth = 0): string {
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return schema['enum'].map((v) => JSON.stringify(v)).join(' | ')
  const any = schemas(schema['anyOf'] ?? schema['oneOf'])
  if (any.length > 0) return any.map((s) => typeText(s, depth)).join(' | ')
  const { type } = schema
  if (type === 'array') return `[${isSchema(schema['items']) ? typeText(schema['items'], depth) : 'any value'}]`
  if (type === 'object') {
    const properties = schema['properties']
    if (isSchema(properties) && Object.keys(properties).length > 0)
      return depth > 3 ? '{..}' : objectText(schema, properties, depth)
    return isSchema(schema['additionalProperties'])
      ? `{ name: ${typeText(schema['additionalProperties'], depth + 1)} }`
      : '{}'
  }
  if (typeof type === 'string') return type
  return typeof schema['description'] === 'string' ? schema['description'] : 'any value'
}

function objectText(schema: Schema, properties: Schema, depth: number): string {
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const parts = Object.entries(properties).map(([name, inner]) => {
    if (!isSchema(inner)) return name
    const optional = !required.includes(name) || 'default' in inner ? '?' : ''
    const fallback = 'default' in inner ? ` = ${JSON.stringify(inner['default'])}` : ''
    return `${name}${optional}: ${typeText(inner, depth + 1)}${fallback}`
  })
  return `{ ${parts.join(', ')} }`
}

function methodText(name: string, method: MethodSchema): string {
  const { output } = method
  const columns = 'columns' in output && Array.isArray(output.columns) ? output.columns.filter(isSchema) : []
  const answer =
    'schema' in output
      ? typeText(output.schema)
      : `table: ${columns.map((c) => `${String(c['name'])} ${String(c['type'])}${c['unit'] === undefined ? '' : ` (${String(c['unit'])})`}`).join(', ')}${output.open ? ', ..' : ''}`
  return `### ${name}\n\n${method.summary}. *${method.kind}*\n\n\`\`\`\nin   ${typeText(method.input)}\nout  ${answer}\n\`\`\`\n`
}

function document(): string {
  const { methods, errorCodes } = contractSchemas()
  const lines = [
    '# The contract\n',
    'Everything that Watchdeck can be asked, generated from `src/shared/contract` by `npm run contract`. The page, the command line and the tests use these methods and nothing else; `watchdeck contract` prints their full JSON schemas.\n',
    'Times go in as RFC 3339, `now`, `now-15m` or epoch nanoseconds, and come out as RFC 3339 with nine decimals. A table prints as `{ columns, rows, completeness, nextCursor? }`. An answer that was cut at its `limit` has `nextCursor` where it can go on (ask again with it as `cursor`), and is not `complete` where it cannot. A `job` is waited for unless it is started with `--no-wait`; a `stream` prints one JSON line per item.\n',
    `Errors: \`{ error: { code, message, hint?, retryable, details? } }\` with one of the codes ${errorCodes.map((c) => `\`${c}\``).join(', ')}.\n`,
  ]
  let capability = ''
  for (const [name, method] of Object.entries(methods)) {
    const [own = ''] = name.split('.')
    if (own !== capability) lines.push(`## ${own}\n`)
    capability = own
    lines.push(methodText(name, method))
  }
  return lines.join('\n')
}

const path = join(ROOT, 'docs', 'contract.md')
const text = document()
if (!process.argv.includes('--check')) {
  mkdirSync(join(ROOT, 'docs'), { recursive: true })
  writeFileSync(path, text)
} else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  process.stderr.write('docs/contract.md is not what the contract says: run npm run contract\n')
  process.exit(1)
}
