// Places for the services of the map, found by ELK in a worker so that the page stays free. The same graph keeps its
// places, whatever its numbers do.

import Elk from 'elkjs/lib/elk-api.js'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { beginBusy } from '../../../lib/idle.ts'

export const NODE_WIDTH = 160
export const NODE_HEIGHT = 34

export type Places = ReadonlyMap<string, { readonly x: number; readonly y: number }>

interface Graph {
  readonly nodes: readonly string[]
  readonly edges: ReadonlyArray<{ readonly from: string; readonly to: string }>
}

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '52',
  'elk.spacing.nodeNode': '6',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}

let elk: InstanceType<typeof Elk> | undefined
let last: { key: string; places: Promise<Places> } | undefined

export const graphKey = (graph: Graph): string =>
  `${[...graph.nodes].sort().join('\n')}\n\n${graph.edges
    .map((e) => `${e.from}\n${e.to}`)
    .sort()
    .join('\n')}`

/** Top left corners, px. @throws what ELK says of a graph that it cannot place. */
export function placesOf(graph: Graph): Promise<Places> {
  const key = graphKey(graph)
  if (last?.key === key) return last.places
  const places = layOut(graph)
  last = { key, places }
  places.catch(() => {
    if (last?.key === key) last = undefined
  })
  return places
}

async function layOut(graph: Graph): Promise<Places> {
  const done = beginBusy()
  try {
    elk ??= new Elk({ workerUrl, workerFactory: (url) => new Worker(url ?? workerUrl) })
    const placed = await elk.layout({
      id: 'map',
      layoutOptions: OPTIONS,
      children: graph.nodes.map((id) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT })),
      edges: graph.edges.map((e, i) => ({ id: String(i), sources: [e.from], targets: [e.to] })),
    })
    return new Map((placed.children ?? []).map((n) => [n.id, { x: n.x ?? 0, y: n.y ?? 0 }]))
  } finally {
    done()
  }
}
