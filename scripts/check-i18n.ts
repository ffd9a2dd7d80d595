// English and Chinese say the same things: the same keys, the same placeholders, and no English left in the Chinese
// beyond the names that stay as they are. The engine's own sentences have their Chinese in src/shared/i18n.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseMessage } from '../src/renderer/i18n/message.ts'
import { type PhraseBook, sayWith } from '../src/shared/i18n/phrases.ts'
import { report, rootFolder, sourceFiles } from './lib/files.ts'
import { sentencesOf } from './lib/sentences.ts'

type Messages = ReadonlyMap<string, string>

/** Names, formats and keys that are the same in Chinese. */
const KEPT = new Set(
  'kubectl local authorization to m now-2h now-1h watchdeck promql jaeger prometheus otlp opentelemetry openmetrics kubernetes kafka grafana kibana elasticsearch zipkin json ndjson csv tsv html markdown parquet yaml png svg sql api url http https grpc id ids ip uuid utc utf utf-8 utf-16le utf-16be gb18030 latin-1 latin1 rfc gzip zstd zip pod pods trace traceid span spanid service level name p50 p95 p99 ctrl cmd alt shift enter esc escape tab m4 sha-256 sha ms us ns min max avg sum rate and or not warn error info debug fatal ok inc now watchdeck-file loki k8s duckdb sqlite chromium electron github node cpu slo http/2 gbk unix iana x y z n s h d w a b c e f g j k l p q r t u v body message field value host status duration checkout payment timeout panic exception route method code query trace_id span_id kind namespace deployment replicaset statefulset daemonset protobuf promtool tsdb dump journald json-file syslog logfmt user agent job cronjob configmap warning normal events list get import export serve call file open utf-16 dns gb tar windows-1252 mb demo report verify npm npx dns exemplar o tls pem ssh agent oauth bearer thanos mimir cortex victoriametrics alertmanager x-scope-orgid user'.split(
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
  // names of products, standards and headers are written as in English: they have a capital there, past its first word
  const names = new Set((en.get(key) ?? '').match(/[A-Z][A-Za-z0-9-]*|[a-z]+[A-Z][A-Za-z0-9]*/g) ?? [])
  const left = englishIn(message).filter((word) => !names.has(word))
  if (left.length > 0) problems.push(`zh-CN ${key} has English words: ${left.join(', ')}: ${message}`)
}

/** The book of the engine's sentences; a folder of a test of the checks may have none. */
async function engineSentences(): Promise<number> {
  const files = sourceFiles(root, ['src/main/**/*.ts', 'src/shared/**/*.ts']).filter(
    ({ path }) => !/\.test\.ts$|^src\/(main\/(demo|report)|shared\/(i18n|contract))\/|testing\.ts$/.test(path),
  )
  const sentences = files.flatMap(sentencesOf)
  if (sentences.length === 0) return 0
  const book = pathToFileURL(join(root, 'src', 'shared', 'i18n', 'zh-CN', 'index.ts')).href
  const { zhCNPhrases }: { zhCNPhrases: PhraseBook } = await import(book)
  const say = sayWith(zhCNPhrases)
  const told = new Set<string>()
  for (const { text, path, line } of sentences) {
    const example = text.replace(/\{\}/g, '"x"')
    if (told.has(text) || say(example) !== example) continue
    told.add(text)
    problems.push(`${path}:${line}: no Chinese in src/shared/i18n/zh-CN for: ${text}`)
  }
  for (const [phrase, said] of Object.entries(zhCNPhrases)) {
    const holes = (message: string) => message.match(/\{\d*\}/g)?.length ?? 0
    if (holes(phrase) !== holes(said)) problems.push(`${phrase}: another number of values in Chinese: ${said}`)
    // names, options and keywords are those of the English; the sentence around them is Chinese
    const names = new Set(phrase.match(/[A-Za-z][A-Za-z0-9-]*/g) ?? [])
    const left = englishIn(said.replace(/\{\d*\}/g, ' ').replace(/[{}]/g, ' ')).filter((word) => !names.has(word))
    if (left.length > 0) problems.push(`the Chinese of "${phrase}" has English words: ${left.join(', ')}: ${said}`)
    else if (phrase === said) problems.push(`"${phrase}" has itself as its Chinese`)
  }
  return Object.keys(zhCNPhrases).length
}
const phrases = await engineSentences()
if (en.size === 0) problems.push('no messages were found in src/renderer/i18n/en')
report(problems, `${en.size} messages of the page and ${phrases} sentences of the engine in both languages`)
