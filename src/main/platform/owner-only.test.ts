// In a process of its own: a thread has no mask.

import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test.skipIf(process.platform === 'win32')(
  'what the engine makes is its owner’s alone, what a program makes that it starts is not',
  () => {
    const script = `
      import { execFileSync } from 'node:child_process'
      import { makeForOwnerOnly, withMaskBefore } from ${JSON.stringify(new URL('./owner-only.ts', import.meta.url).href)}
      process.umask(0o027)
      makeForOwnerOnly()
      makeForOwnerOnly()
      const mask = () => execFileSync('sh', ['-c', 'umask'], { encoding: 'utf8' }).trim()
      console.log(mask(), withMaskBefore(mask), mask())`
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(
      told
        .trim()
        .split(' ')
        .map((mask) => Number.parseInt(mask, 8)),
    ).toEqual([0o077, 0o027, 0o077])
  },
)
