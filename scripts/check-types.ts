// Types of every project, side by side: shared (no DOM, no Node), node, web, preload, tests that run in a page.

import { runAll } from './lib/run.ts'

const projects = ['shared', 'node', 'web', 'preload', 'tests']
const results = await runAll(
  projects.map((name) => ({
    name: `types: ${name}`,
    command: 'tsc',
    args: ['-p', `tsconfig.${name}.json`, '--pretty', 'false'],
  })),
)
for (const { name, code, output } of results) if (code !== 0) process.stderr.write(`${name}\n${output}\n`)
process.exit(results.some((r) => r.code !== 0) ? 1 : 0)
