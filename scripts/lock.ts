// package-lock.json must name the packages of every platform. npm leaves out what the registry of the day did not serve
// (npm/cli#4828), and `npm ci` then fails everywhere. `--write` puts the missing ones in, by the version that the
// package which wants them asks for; without it this only says what is missing, and whether an address crept in.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { report, rootFolder } from './lib/files.ts'

interface LockEntry {
  version?: string
  resolved?: string
  optional?: boolean
  dev?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

interface Lock {
  packages: Record<string, LockEntry>
}

interface Missing {
  readonly by: string
  readonly name: string
  readonly version: string
}

/** Where Node would find a package from another one's folder. */
function find(lock: Lock, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const place = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (lock.packages[place]) return place
    if (at === '') return undefined
  }
}

const EXACT = /^\d+\.\d+\.\d+[\w.-]*$/

/** Binary packages are asked for by one version; ranges are npm's to judge. */
const fits = (entry: LockEntry | undefined, wanted: string) =>
  entry?.version !== undefined && (!EXACT.test(wanted) || entry.version === wanted)

function missing(lock: Lock): Missing[] {
  return Object.entries(lock.packages).flatMap(([by, entry]) =>
    Object.entries({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter(([name, version]) => !fits(lock.packages[find(lock, by, name) ?? ''], version))
      .map(([name, version]) => ({ by, name, version })),
  )
}

const PLATFORM =
  /[-/](android|darwin|linux|win32|freebsd|openbsd|netbsd|openharmony|sunos|aix)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64)(?:-(\w+))?$/

/** What a binary package's name says about where it runs; npm skips it elsewhere without asking for it. */
function entryOf({ name, version }: Missing, dev: boolean): LockEntry {
  const [, os, cpu, abi] = PLATFORM.exec(name) ?? []
  if (os === undefined || cpu === undefined || !EXACT.test(version))
    throw new Error(`${name}@${version} is no binary package of one version: run npm install`)
  const libc = os !== 'linux' || abi === undefined ? {} : { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] }
  return { version, cpu: [cpu], ...(dev ? { dev: true } : {}), ...libc, optional: true, os: [os] }
}

const path = join(rootFolder(), 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock
const gaps = missing(lock)
const addresses = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)
if (process.argv.includes('--write')) {
  for (const gap of gaps) {
    const place = find(lock, '', gap.name) === undefined ? '' : `${gap.by}/`
    lock.packages[`${place}node_modules/${gap.name}`] ??= entryOf(gap, lock.packages[gap.by]?.dev === true)
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
  process.stdout.write(`${gaps.length} packages of other platforms were put into package-lock.json\n`)
} else
  report(
    [
      ...gaps.map((gap) => `package-lock.json lacks ${gap.name}@${gap.version}: node scripts/lock.ts --write`),
      ...addresses.map(([place]) => `package-lock.json records an address for ${place}: see .npmrc`),
    ],
    `${Object.keys(lock.packages).length} packages of every platform are locked`,
  )
