// Twelve gauges of 10,000 points each, in a store of its own.

import { formatRfc3339 } from '../../../src/shared/base/time.ts'
import type { SampleRow, SeriesInfo } from '../../../src/shared/domain/telemetry.ts'
import type { Stores } from '../../../src/main/engine/stores.ts'
import { randomOf } from '../random.ts'

export const LANES = 12
export const POINTS = 10_000
const START = 1_790_000_000_000_000_000n
const SECOND = 1_000_000_000n

const nameOf = (lane: number): string => `bench_depth_${lane}`

/** The metrics view with one lane for each. */
export const LANES_HASH = `#/metrics?${new URLSearchParams({
  from: formatRfc3339(START),
  to: formatRfc3339(START + BigInt(POINTS) * SECOND),
  lanes: JSON.stringify(Array.from({ length: LANES }, (_, i) => nameOf(i))),
})}`

export async function addManyLanes(stores: Stores): Promise<void> {
  const source = stores.catalog.sources.create({ name: 'bench', kind: 'import', origin: [], readOnly: false })
  const writer = await stores.telemetry.writer(source.id)
  const random = randomOf(7)
  for (let lane = 0; lane < LANES; lane++) {
    const series: SeriesInfo = {
      name: nameOf(lane),
      promName: nameOf(lane),
      labels: {},
      type: 'gauge',
      unit: '1',
      help: '',
      service: 'bench',
      temporality: 'unspecified',
      monotonic: false,
      attributes: { values: {} },
    }
    let value = 100
    const rows = Array.from({ length: POINTS }, (_, i): SampleRow => {
      value = Math.max(0, value + random() * 10 - 5)
      return { series, time: START + BigInt(i) * SECOND, startTime: 0n, value }
    })
    await writer.write({ kind: 'samples', rows })
  }
  const { from, to, ...counts } = await writer.commit()
  stores.catalog.sources.update(source.id, {
    state: 'ready',
    counts: { ...source.counts, samples: counts.samples },
    rows: counts.samples,
    ...(from !== null && { from: formatRfc3339(from) }),
    ...(to !== null && { to: formatRfc3339(to) }),
  })
}
