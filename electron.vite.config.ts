// One build for every shell: out/main (Electron, browser shell, command line, engine process, workers), out/preload, out/renderer.
// docs/decisions/0003-build.md says why it is shaped so.

import { globSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname
/** scripts/lib/build.ts builds elsewhere first */
const out = process.env['WATCHDECK_OUT'] ?? resolve(root, 'out')

/** `src/main/<anything>/x.worker.ts` becomes `out/main/workers/x.js`; two workers of one name are a mistake. */
function workers(): Record<string, string> {
  const found: Record<string, string> = {}
  for (const path of globSync('src/main/**/*.worker.ts', { cwd: root })) {
    const name = `workers/${basename(path, '.worker.ts')}`
    if (found[name] !== undefined) throw new Error(`two workers would both become out/main/${name}.js: ${path}`)
    found[name] = resolve(root, path)
  }
  return found
}

export default defineConfig({
  main: {
    build: {
      outDir: resolve(out, 'main'),
      target: 'node24',
      minify: false,
      sourcemap: true,
      rollupOptions: {
        input: {
          index: resolve(root, 'src/main/index.ts'),
          serve: resolve(root, 'src/main/serve.ts'),
          cli: resolve(root, 'src/main/cli.ts'),
          utility: resolve(root, 'src/main/utility.ts'),
          ...workers(),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: resolve(out, 'preload'),
      // a sandboxed preload is CommonJS and may require nothing but electron
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve(root, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    base: './',
    // what people and backends wrote is shown with nothing hidden in it: lib/shown/jsx-runtime.ts
    plugins: [react({ jsxImportSource: resolve(root, 'src/renderer/lib/shown') })],
    build: {
      outDir: resolve(out, 'renderer'),
      emptyOutDir: true,
      minify: true,
      target: 'chrome140',
      // a strict CSP has no data: for scripts and fonts; small pictures stay files as well
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: resolve(root, 'src/renderer/index.html') },
    },
  },
})
