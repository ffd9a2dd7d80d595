// The incident file as people use it: estimate, save, verify, open, close, continue as one's own.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { CapabilityModule } from '../engine/api.ts'
import { openIncidentFile } from '../storage/incident-file/read.ts'
import { adopt } from './adopt.ts'
import { OpenedFiles } from './opened.ts'
import { estimate, save, sweepScratch } from './save.ts'

export const fileModule: CapabilityModule<'file'> = {
  name: 'file',
  async start(engine) {
    await sweepScratch(engine)
    const opened = new OpenedFiles(engine)
    await opened.reopenAll()
    engine.onShutdown(() => opened.closeAll())
    return {
      estimate: (input, context) => estimate(engine, input, context),
      save: (input, context) => save(engine, input, context),
      async verify(input, context) {
        try {
          await using file = await openIncidentFile(input.path, input.passphrase)
          const problems = await file.verify(context.signal)
          const { title, entries } = file.manifest
          return { ok: problems.length === 0, problems, title, entries: entries.length + 1, bytes: file.bytes }
        } catch (error) {
          // what makes a file unreadable is the answer here; a missing file or passphrase is the caller's to mend
          if (!(error instanceof WatchdeckError) || (error.code !== 'corrupt' && error.code !== 'unsupported'))
            throw error
          return { ok: false, problems: [error.message] }
        }
      },
      open: (input, { signal }) => opened.open(input.path, input.passphrase, signal),
      async close({ source }) {
        await opened.close(source)
        return { ok: true }
      },
      unpacked: async () => ({ files: await opened.unpacked() }),
      async forget({ key, unusedMinutes }) {
        return { bytes: await opened.forget(key, unusedMinutes) }
      },
      adopt: (input, context) => adopt(engine, input.incident, context),
    }
  },
}
