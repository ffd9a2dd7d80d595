// What takes room in the data folder, part by part and source by source.

import { statfs } from 'node:fs/promises'
import { formatRfc3339, fromMillis } from '../../shared/base/time.ts'
import { SPACE_PARTS } from '../../shared/contract/space.ts'
import type { MethodOutput } from '../../shared/contract/index.ts'
import { diskState } from '../../shared/domain/retention.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { type FoundFile, filesBelow } from './folder.ts'
import { keepers } from './items.ts'

/** Told one by one; the rest is in the sums of the parts. */
const FILES_TOLD = 40

type Usage = MethodOutput<'space.usage'>

export async function diskOf(dataDir: string): Promise<Usage['disk']> {
  const { blocks, bsize, bavail } = await statfs(dataDir)
  const [totalBytes, freeBytes] = [blocks * bsize, bavail * bsize]
  return { totalBytes, freeBytes, state: diskState(freeBytes, totalBytes) }
}

export const sumOf = (files: readonly Pick<FoundFile, 'bytes'>[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0)

export async function usageOf(engine: EngineContext, context: CallContext): Promise<Usage> {
  const { catalog, platform, telemetry } = engine
  const files = await filesBelow(platform.dataDir)
  const free = new Map((await telemetry.space()).map(({ name, freeBytes }) => [name as string, freeBytes]))
  const { sources } = await engine.call('sources.list', { includeRemoved: true }, context)
  const records = new Map(catalog.sources.list().map((record) => [record.id, record]))
  const keptBy = keepers(engine)
  const kinds = new Map<string, Usage['kinds'][number]>()
  const told: Usage['sources'] = []
  for (const source of sources) {
    const { id, name, kind, state, rows = 0, bytes = 0, from, to, undoUntil } = source
    const record = records.get(id)
    if (!record) continue
    const sum = kinds.get(kind) ?? { kind, sources: 0, rows: 0, bytes: 0 }
    kinds.set(kind, { kind, sources: sum.sources + 1, rows: sum.rows + rows, bytes: sum.bytes + bytes })
    told.push({
      id,
      name,
      kind,
      state,
      rows,
      bytes,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(undoUntil === undefined ? {} : { undoUntil }),
      keptBy: state === 'removed' ? [] : keptBy(record),
    })
  }
  return {
    dataDir: platform.dataDir,
    disk: await diskOf(platform.dataDir),
    totalBytes: sumOf(files),
    parts: SPACE_PARTS.map((part) => {
      const own = files.filter((file) => file.part === part)
      return { part, bytes: sumOf(own), files: own.length, freeBytes: free.get(part) ?? 0 }
    }),
    files: files
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, FILES_TOLD)
      .map(({ path, part, bytes, changedMs }) => ({
        path,
        part,
        bytes,
        changedAt: formatRfc3339(fromMillis(Math.floor(changedMs))),
      })),
    kinds: [...kinds.values()].sort((a, b) => b.bytes - a.bytes),
    sources: told.sort((a, b) => b.bytes - a.bytes),
  }
}
