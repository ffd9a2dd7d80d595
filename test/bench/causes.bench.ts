// Where "what changed" puts the true cause of a demo incident: every fault kind, seeds 1 to SEEDS (10), as an on-call asks:
// from the first alert on against the hour before, and the whole two hours. DEMO_SCALE=n for more or less traffic.

import { FAULTS } from '../../src/shared/contract/demo.ts'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { cell, columnNamed, type Frame } from '../../src/shared/frame/frame.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import type { Measure } from './run.ts'

const SCALE = Number(process.env['DEMO_SCALE'] ?? 0.3)
const SEEDS = Number(process.env['SEEDS'] ?? 10)

export async function main(): Promise<Measure[]> {
  const measures: Measure[] = []
  for (const fault of FAULTS.filter((kind) => kind !== 'none')) {
    await using t = await startTestEngine({ modules: ALL_MODULES, checkAnswers: false })
    const places: number[] = []
    for (let seed = 1; seed <= SEEDS; seed++) places.push(...(await placesOf(t, fault, seed)))
    const within = (most: number) => places.filter((place) => place > 0 && place <= most).length / places.length
    measures.push(
      { name: `${fault}: the cause is the first row`, value: 100 * within(1), unit: '%', target: { atLeast: 60 } },
      {
        name: `${fault}: the cause is among the first five`,
        value: 100 * within(5),
        unit: '%',
        target: { atLeast: 100 },
      },
    )
  }
  return measures
}

/** The row of the cause from the first alert on, and over the whole window; 0 = it is not there. */
async function placesOf(t: TestEngine, fault: (typeof FAULTS)[number], seed: number): Promise<[number, number]> {
  const demo = await t.client.call('demo.create', { seed, scale: SCALE, fault, withTruth: true })
  const { stamps } = await t.client.call('incidents.get', { id: demo.incident ?? '' })
  const place = async (from: string): Promise<number> => {
    const range = { from, to: demo.to }
    const { table } = await t.client.call('services.changes', { range, sources: [demo.source], limit: 1000 })
    const root = demo.truth?.rootService ?? ''
    const entity = (demo.truth?.rootEntity ?? '').split('/')[1] ?? ''
    const isCause = (row: number) =>
      textIn(table, 'service', row) === root ||
      textIn(table, 'subject', row).includes(entity) ||
      textIn(table, 'target', row).includes(entity)
    return Array.from({ length: table.rowCount }, (_, row) => row).findIndex(isCause) + 1
  }
  return [await place(stamps[0]?.at ?? demo.from), await place(demo.from)]
}

const textIn = (table: Frame, name: string, row: number): string => String(cell(columnNamed(table, name), row) ?? '')
