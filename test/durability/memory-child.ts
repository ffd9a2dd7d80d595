// For memory.test.ts: a process that fills a store past its memory limit, or asks one that is filled, and says what it found
// and what it held at most. Arguments: 'fill' or 'ask', folder, memory limit in bytes, lines.

import { readFileSync } from 'node:fs'
import { addRows, filledSource, log, openTestStores, T0 } from '../../src/main/storage/testing.ts'

const [what, folder, limit, lines] = process.argv.slice(2)
const LOT = 20_480
const count = Number(lines)

/** Highest resident memory so far, in bytes. */
function peak(): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return Number(found?.[1] ?? Number.NaN) * 1024
}

await using stores = await openTestStores(folder, { memoryBytes: Number(limit), threads: 2 })
const before = peak()
const text = (i: number) =>
  `${String((i * 7919) % count).padStart(9, '0')} ${'some words of a line that take room '.repeat(6)}`
async function fill(): Promise<Record<string, unknown>> {
  const source = await filledSource(stores)
  for (let at = 0; at < count; at += LOT)
    await addRows(stores, source, {
      kind: 'logs',
      rows: Array.from({ length: Math.min(LOT, count - at) }, (_, k) =>
        log({ time: T0 + BigInt(at + k), body: text(at + k), attributes: { values: { i: (at + k) % 1000 } } }),
      ),
    })
  return { source }
}

async function ask(): Promise<Record<string, unknown>> {
  const from = (await stores.telemetry.scope(undefined)).relation('logs')
  // each holds more than the limit before its first row comes out
  let [next, wrong] = [0n, 0]
  const sorted = `SELECT body[1:9]::INTEGER AS n FROM (SELECT body FROM ${from} ORDER BY body)`
  await stores.telemetry.frames(sorted, [], [{ name: 'n', type: 'int' }], async ({ columns: [n] }) => {
    if (n?.storage !== 'int64') throw new Error('the numbers are integers')
    for (const value of n.values) if (value !== next++) wrong++
  })
  const [grouped] = await stores.telemetry.rows<{ n: bigint; total: bigint }>(
    `SELECT count(*) AS n, sum(c)::BIGINT AS total FROM (SELECT body, count(*) AS c FROM ${from} GROUP BY body)`,
    [],
  )
  return {
    sorted: Number(next),
    wrong,
    groups: Number(grouped?.n),
    total: Number(grouped?.total),
  }
}

const found = await (what === 'fill' ? fill() : ask())
process.stdout.write(`${JSON.stringify({ found, grown: peak() - before })}\n`)
