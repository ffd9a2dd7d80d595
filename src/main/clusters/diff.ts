// What changed between two versions of an object, by path, without what every update touches.

export interface PathChange {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** Paths (array positions and names as *) that change without meaning. */
const NOISE: readonly RegExp[] = [
  /^metadata\.(managedFields|resourceVersion|generation|selfLink)(\.|\[|$)/,
  /^status\.observedGeneration$/,
  /^status\.conditions\[[^\]]*\]\.(lastHeartbeatTime|lastProbeTime|lastUpdateTime|observedGeneration)$/,
  /^metadata\.annotations\["?(kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/revision-history|control-plane\.alpha\.kubernetes\.io\/leader)"?\]$/,
  /^spec\.renewTime$/,
]
const MAX_CHANGES = 500

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function step(path: string, key: string): string {
  if (/^[A-Za-z_][\w-]*$/.test(key)) return path === '' ? key : `${path}.${key}`
  return `${path}[${JSON.stringify(key)}]`
}

/** Elements of a list are the same element when they share the key that Kubernetes merges by. */
function identity(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  for (const key of ['name', 'type', 'uid', 'containerPort', 'port', 'ip', 'key', 'mountPath']) {
    const id = value[key]
    if (typeof id === 'string' || typeof id === 'number') return `${key}=${id}`
  }
  return undefined
}

function asKeyed(values: readonly unknown[]): Map<string, unknown> | undefined {
  const out = new Map<string, unknown>()
  for (const value of values) {
    const id = identity(value)
    if (id === undefined || out.has(id)) return undefined
    out.set(id, value)
  }
  return out
}

/** In the order of paths; at most 500, the last of which then says how many more there are. */
export function changesBetween(before: unknown, after: unknown): PathChange[] {
  const out: PathChange[] = []
  compare('', before, after, out)
  if (out.length <= MAX_CHANGES) return out
  return [
    ...out.slice(0, MAX_CHANGES - 1),
    { path: '(more)', before: null, after: `${out.length - MAX_CHANGES + 1} further changes` },
  ]
}

function compare(path: string, before: unknown, after: unknown, out: PathChange[]): void {
  if (before === after || NOISE.some((noise) => noise.test(path))) return
  if (isObject(before) && isObject(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort())
      compare(step(path, key), own(before, key), own(after, key), out)
    return
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const left = asKeyed(before)
    const right = asKeyed(after)
    if (left && right) {
      for (const id of new Set([...left.keys(), ...right.keys()]))
        compare(`${path}[${id}]`, left.get(id), right.get(id), out)
      return
    }
    for (let i = 0; i < Math.max(before.length, after.length); i++) compare(`${path}[${i}]`, before[i], after[i], out)
    return
  }
  out.push({ path, before: before ?? null, after: after ?? null })
}

function own(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined
}
