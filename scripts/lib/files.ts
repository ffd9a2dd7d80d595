// The source files of the project, or of the folder that a test of the checks names with `--root`.

import { globSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { ROOT } from './run.ts'

/** `--root DIR` from the command line; the project otherwise. */
export function rootFolder(): string {
  const at = process.argv.indexOf('--root')
  const given = at < 0 ? undefined : process.argv[at + 1]
  return given === undefined ? ROOT : resolve(given)
}

export interface SourceFile {
  /** from the root, with slashes */
  readonly path: string
  readonly text: string
}

export function sourceFiles(root: string, patterns: readonly string[]): SourceFile[] {
  return globSync([...patterns], { cwd: root, exclude: (name) => name.includes('node_modules') })
    .map((name) => relative(root, join(root, name)).split(sep).join('/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

export function report(problems: readonly string[], fine: string): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problems.length === 0) process.stdout.write(`${fine}\n`)
  process.exit(problems.length === 0 ? 0 : 1)
}
