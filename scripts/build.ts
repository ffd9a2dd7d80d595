// `npm run build`: out/main, out/preload and out/renderer, all or nothing.

import { build } from './lib/build.ts'

const { code, output, ms } = await build()
process.stderr.write(output)
if (code === 0) process.stdout.write(`Watchdeck is built (${(ms / 1000).toFixed(1)} s)\n`)
process.exit(code)
