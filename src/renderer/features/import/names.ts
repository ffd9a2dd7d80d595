// Files by their names; by as much of their path as tells them apart, where several have the same (two archives of one day).

export function tellingNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>()
  const tail = (path: string, parts: number): string => path.split(/[\\/]/).slice(-parts).join('/')
  let open = paths
  for (let parts = 1; open.length > 0; parts++) {
    const byTail = Map.groupBy(open, (path) => tail(path, parts))
    const same: string[] = []
    for (const [name, group] of byTail) {
      const [first = ''] = group
      // what has no more parts is as told as it can be
      if (group.length === 1 || parts >= first.split(/[\\/]/).length) for (const path of group) named.set(path, name)
      else same.push(...group)
    }
    open = same
  }
  return named
}
