// Where capabilities find live sources. The sources capability fills it at start; without it there are none.

import type { LiveSource, LiveSources } from '../platform/connector.ts'
import type { Catalog } from '../storage/catalog/api.ts'

export class LiveHolder {
  readonly #catalog: Catalog
  #sources: LiveSources | undefined

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  provide(sources: LiveSources): void {
    this.#sources = sources
  }

  /** The live ones among the named sources (default: all that are on), in catalog order. Unknown ids are left to `scope`. */
  among(ids: readonly string[] | undefined): LiveSource[] {
    const provided = this.#sources
    if (!provided) return []
    const wanted = ids === undefined ? undefined : new Set(ids)
    return this.#catalog.sources
      .list()
      .filter((s) => s.spec !== undefined && (wanted ? wanted.has(s.id) : s.state === 'ready'))
      .flatMap((s) => provided.get(s.id) ?? [])
  }
}
