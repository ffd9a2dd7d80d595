// Room on the disk: what takes it, what could go, clean-ups with a way back, and those that the rules of the person ask for.

import type { CapabilityModule } from '../engine/api.ts'
import { Cleaner } from './clean.ts'
import { Keeper } from './keeper.ts'
import { Trash } from './trash.ts'
import { usageOf } from './usage.ts'

/** @param given tests: the keeper, to do in a moment what it does by the clock */
export const spaceModuleWith = (given?: (keeper: Keeper) => void): CapabilityModule<'space'> => ({
  name: 'space',
  start: (engine) => {
    const trash = new Trash(engine.platform.dataDir, engine.log)
    const cleaner = new Cleaner(engine, trash)
    const keeper = new Keeper(engine, cleaner, trash)
    // a list that cannot be read now is looked at again by the next start
    const recalled = cleaner
      .recall()
      .catch((error: unknown) => engine.log.error('clean-ups that were cut short could not be told', { error }))
    engine.onShutdown(async () => {
      await recalled
      await keeper.close()
    })
    if (given) given(keeper)
    else keeper.start()
    return {
      async status(_input, context) {
        await recalled
        return await keeper.status(context)
      },
      usage: (_input, context) => usageOf(engine, context),
      async plan({ rules }, context) {
        const { items, bytes, overBytes } = await cleaner.plan(
          rules ?? engine.catalog.settings.get().retention,
          context,
        )
        return { items, bytes, overBytes }
      },
      async run({ items, evenKept, undoMinutes }, context) {
        await recalled
        return await cleaner.run({ items, evenKept, undoMinutes, by: 'person' }, context)
      },
      async runs({ limit }) {
        await recalled
        return { runs: await cleaner.runs(limit) }
      },
      async undo({ run }, context) {
        await recalled
        return await cleaner.undo(run, context)
      },
      reclaim: ({ purge }, context) => cleaner.reclaim(purge, context),
    }
  },
})

export const spaceModule = spaceModuleWith()
