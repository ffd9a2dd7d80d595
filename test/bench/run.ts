// Runs every benchmark of this folder in turn and prints one table. Seconds depend on the machine; ratios are what counts.
// `npm run bench`, or `node test/bench/run.ts NAME ..` for some; `NAME:PART,PART` for some parts of one. A benchmark exports
// `main(parts: readonly string[]): Promise<Measure[]>`; those without parts take no argument.

import { readdir } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

export interface Measure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** what it is compared with, measured in the same run */
  readonly reference?: { readonly name: string; readonly value: number } | undefined
  /** told beside the figure: the least or most it should be, on `ratio` to the reference when there is one */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number } | undefined
}

const ratioOf = (m: Measure): number | undefined => m.reference && m.value / m.reference.value

function verdict(m: Measure): string {
  if (!m.target) return ''
  const figure = ratioOf(m) ?? m.value
  if ('atMost' in m.target) return `${figure <= m.target.atMost ? 'ok  ' : 'MISS'} <= ${short(m.target.atMost)}`
  return `${figure >= m.target.atLeast ? 'ok  ' : 'MISS'} >= ${short(m.target.atLeast)}`
}

function short(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

export function printTable(title: string, measures: readonly Measure[]): void {
  const rows = measures.map((m) => {
    const ratio = ratioOf(m)
    return [
      m.name,
      `${short(m.value)} ${m.unit}`,
      m.reference ? `${m.reference.name} ${short(m.reference.value)}` : '',
      ratio === undefined ? '' : ratio.toPrecision(3),
      verdict(m),
    ]
  })
  const table = [['measure', 'value', 'reference', 'ratio', 'target'], ...rows]
  const widths = table[0]?.map((_, i) => Math.max(...table.map((r) => (r[i] as string).length))) ?? []
  console.log(`\n${title}`)
  for (const row of table)
    console.log(
      `  ${row
        .map((text, i) => text.padEnd(widths[i] as number))
        .join('  ')
        .trimEnd()}`,
    )
}

async function main(names: readonly string[]): Promise<void> {
  const folder = import.meta.dirname
  const wanted = names.map((each) => {
    const [name = '', parts = ''] = each.split(':')
    return { name, parts: parts.split(',').filter((part) => part !== '') }
  })
  const files = (await readdir(folder))
    .filter((f) => f.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((w) => f.startsWith(w.name))))
    .sort()
  const cores = cpus()
  console.log(
    `${cores.length} x ${cores[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}-${process.arch}`,
  )
  let failed = 0
  let running: string | undefined
  // a benchmark that waits for what never comes lets the process end as if all were well
  process.once('exit', () => {
    if (running === undefined) return
    console.error(`\n${running} did not end: it waits for something that is gone`)
    process.exitCode = 1
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      console.error(`\n${running ?? 'the run'} was stopped by ${signal} before its table`)
      running = undefined
      process.exit(1)
    })
  for (const file of files) {
    running = file
    try {
      const bench = (await import(pathToFileURL(join(folder, file)).href)) as {
        main(parts: readonly string[]): Promise<Measure[]>
      }
      printTable(file, await bench.main(wanted.find((w) => file.startsWith(w.name))?.parts ?? []))
    } catch (error) {
      failed++
      console.error(`\n${file} failed:`, error)
    }
  }
  running = undefined
  if (failed > 0) process.exitCode = 1
}

// not awaited: a benchmark that imports this file waits for it to be evaluated
if (import.meta.main)
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error)
    process.exitCode = 1
  })
