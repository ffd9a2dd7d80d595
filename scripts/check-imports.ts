// Who may import whom (docs/architecture.md): default deny, no cycles; type-only imports included.

import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { allowed } from './lib/import-rules.ts'
import { report, rootFolder, type SourceFile, sourceFiles } from './lib/files.ts'

/** Every module that a file names: imports, re-exports, dynamic imports. */
function imports(file: SourceFile): string[] {
  const { module, errors } = parseSync(file.path, file.text)
  if (errors.length > 0) throw new Error(`${file.path} cannot be parsed: ${errors[0]?.message}`)
  const named: string[] = []
  for (const found of module.staticImports) named.push(found.moduleRequest.value)
  for (const found of module.staticExports)
    for (const entry of found.entries) if (entry.moduleRequest) named.push(entry.moduleRequest.value)
  for (const found of module.dynamicImports) {
    const text = file.text.slice(found.moduleRequest.start, found.moduleRequest.end)
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text)
    if (literal?.[2] !== undefined) named.push(literal[2])
  }
  return named
}

function check(files: readonly SourceFile[]): string[] {
  const problems: string[] = []
  const graph = new Map<string, string[]>()
  for (const file of files) {
    const within: string[] = []
    for (const to of imports(file)) {
      const local = to.startsWith('.')
      const target = local ? posix.join(posix.dirname(file.path), to.replace(/\?.*$/, '')) : to
      const reason = allowed(file.path, target, local)
      if (reason !== undefined) problems.push(`${file.path} may not import ${target}: ${reason}`)
      if (local) within.push(target)
    }
    graph.set(file.path, within)
  }
  return [...problems, ...cycles(graph)]
}

/** Strongly connected files (Tarjan), each cycle told once. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const on = new Set<string>()
  const visit = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.get(node) as number)
    stack.push(node)
    on.add(node)
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue
      if (!index.has(next)) {
        visit(next)
        low.set(node, Math.min(low.get(node) as number, low.get(next) as number))
      } else if (on.has(next)) low.set(node, Math.min(low.get(node) as number, index.get(next) as number))
    }
    if (low.get(node) !== index.get(node)) return
    const group = stack.splice(stack.indexOf(node))
    for (const member of group) on.delete(member)
    if (group.length > 1 || (graph.get(node) ?? []).includes(node)) found.push(`cycle: ${group.join(' <-> ')}`)
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return found
}

const files = sourceFiles(rootFolder(), ['src/**/*.ts', 'src/**/*.tsx']).filter((f) => !/\.test\.tsx?$/.test(f.path))
report(check(files), `${files.length} files keep to the import rules`)
