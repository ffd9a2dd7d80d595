// English and Chinese say the same things: the same keys, the same placeholders, and no English left in the Chinese
// beyond the names that stay as they are.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseMessage } from '../src/renderer/i18n/message.ts'
import { report, rootFolder } from './lib/files.ts'

type Messages = ReadonlyMap<string, string>

/** Names, formats and keys that are the same in Chinese. */
const KEPT = new Set(
  'kubectl local authorization to m now-2h now-1h watchdeck promql jaeger prometheus otlp opentelemetry openmetrics kubernetes kafka grafana kibana elasticsearch zipkin json ndjson csv tsv html markdown parquet yaml png svg sql api url http https grpc id ids ip uuid utc utf utf-8 utf-16le utf-16be gb18030 latin-1 latin1 rfc gzip zstd zip pod pods trace traceid span spanid service level name p50 p95 p99 ctrl cmd alt shift enter esc escape tab m4 sha-256 sha ms us ns min max avg sum rate and or not warn error info debug fatal ok inc now watchdeck-file loki k8s duckdb sqlite chromium electron github node cpu slo http/2 gbk unix iana x y z n s h d w a b c e f g j k l p q r t u v body message field value host status duration checkout payment timeout panic exception route method code query trace_id span_id kind namespace deployment replicaset statefulset daemonset job cronjob configmap warning normal events list get import export serve call file open utf-16 dns gb tar windows-1252 mb demo report verify npm npx dns exemplar o'.split(
    ' ',
  ),
)

async function catalogue(root: string, language: string): Promise<Messages> {
  const loaded: unknown = await import(pathToFileURL(join(root, 'src', 'renderer', 'i18n', language, 'index.ts')).href)
  const found = new Map<string, string>()
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') found.set(path, value)
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`)
  }
  // the catalogue is the one export, whatever its name: its own keys start the path
  for (const value of Object.values(loaded as object)) walk(value, '')
  return found
}

type Parts = ReturnType<typeof parseMessage>

/** Names of arguments, and the text that is shown in any case or branch: the message as the page itself reads it. */
function read(message: string): { names: Set<string>; text: string } {
  const names = new Set<string>()
  const texts: string[] = []
  const walk = (parts: Parts): void => {
    for (const part of parts) {
      if (part.kind === 'text') texts.push(part.text)
      if (part.kind === 'value' || part.kind === 'choice') names.add(part.name)
      if (part.kind === 'choice') for (const branch of part.branches.values()) walk(branch)
    }
  }
  walk(parseMessage(message))
  return { names, text: texts.join(' ') }
}

const placeholders = (message: string): string => [...read(message).names].sort().join(' ')

/** English words in a Chinese message, outside arguments, code in backticks and quoted examples. */
function englishIn(message: string): string[] {
  const plain = read(message)
    .text.replace(/`[^`]*`/g, ' ')
    .replace(/"[^"]*"|“[^”]*”|'[^']*'/g, ' ')
    .replace(/[\w./:=*-]*[./:=*_<>][\w./:=*-]*/g, ' ')
  return (plain.match(/[A-Za-z][A-Za-z0-9-]*/g) ?? []).filter((word) => !KEPT.has(word.toLowerCase()))
}

const root = rootFolder()
const [en, zh] = await Promise.all([catalogue(root, 'en'), catalogue(root, 'zh-CN')])
const problems: string[] = []
for (const [key, message] of en) {
  const other = zh.get(key)
  if (other === undefined) problems.push(`zh-CN lacks ${key}`)
  else if (placeholders(message) !== placeholders(other))
    problems.push(`${key}: placeholders differ: {${placeholders(message)}} and {${placeholders(other)}}`)
}
for (const [key, message] of zh) {
  if (!en.has(key)) problems.push(`en lacks ${key}`)
  const left = englishIn(message)
  if (left.length > 0) problems.push(`zh-CN ${key} has English words: ${left.join(', ')}: ${message}`)
}
if (en.size === 0) problems.push('no messages were found in src/renderer/i18n/en')
report(problems, `${en.size} messages in both languages`)
