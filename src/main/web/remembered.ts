// What the browser shell keeps from one run to the next, so that an open page finds a restarted engine by itself and a
// bookmark stays good: its port, and the hashes of the cookies it gave (never the cookies). Owner only, in the data folder.

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const zRemembered = z.object({
  port: z.int().min(1).max(65_535).optional(),
  sessions: z.array(z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/), until: z.int() })).max(64),
})
export type Remembered = z.infer<typeof zRemembered>

export const rememberedFile = (dataDir: string): string => join(dataDir, 'web-shell.json')

/** Nothing where there is no such file, or one that is damaged: people then open the printed address once more. */
export function readRemembered(dataDir: string): Remembered {
  try {
    return zRemembered.parse(JSON.parse(readFileSync(rememberedFile(dataDir), 'utf8')))
  } catch {
    return { sessions: [] }
  }
}

/** Whole or not at all. @throws what the file system says */
export function writeRemembered(dataDir: string, remembered: Remembered): void {
  const path = rememberedFile(dataDir)
  writeFileSync(`${path}.new`, JSON.stringify(remembered), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
