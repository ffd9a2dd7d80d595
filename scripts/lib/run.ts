// Runs the project's tools: two at a time, output kept until the end so that they do not mix.

import { spawn } from 'node:child_process'
import { delimiter, join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')
export const ENV = {
  ...process.env,
  PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
}

export interface Task {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}
export interface Result {
  readonly name: string
  readonly code: number
  readonly output: string
  readonly ms: number
}

export function run(task: Task, options: { echo?: boolean; env?: Record<string, string> } = {}): Promise<Result> {
  const started = performance.now()
  return new Promise((done) => {
    const child = spawn(task.command, [...task.args], {
      cwd: ROOT,
      env: { ...ENV, ...options.env },
      shell: process.platform === 'win32',
    })
    let output = ''
    const take = (chunk: Buffer) => {
      output += chunk.toString('utf8')
      if (options.echo) process.stdout.write(chunk)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const end = (code: number) => done({ name: task.name, code, output, ms: performance.now() - started })
    child.on('error', (error) => {
      output += String(error)
      end(127)
    })
    child.on('close', (code) => end(code ?? 1))
  })
}

export async function runAll(tasks: readonly Task[], width = 2): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const lane = async () => {
    for (let at = next++; at < tasks.length; at = next++) {
      const task = tasks[at]
      if (task) results[at] = await run(task)
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  return results
}
