// Content names of attributes, resources, scopes and series of one source, and the dictionary rows for the new ones.

import type { Attributes, Resource, Scope, SeriesInfo } from '../../../shared/domain/telemetry.ts'
import type { ChunkBuilder } from './chunk-builder.ts'
import { encodeAttributes, encodeResourceExtra, encodeScopeExtra, encodeSeriesOtlp } from './codec.ts'
import { ContentHasher, type NameSet } from './content-hash.ts'
import type { ColumnsOf } from './tables.ts'

/** A 64-bit name as two words. */
export interface Name {
  readonly low: number
  readonly high: number
}

const NOTHING: Attributes = { values: {} }

export class Names {
  readonly #source: number
  readonly #attributes: ChunkBuilder<ColumnsOf<'attributes'>>
  readonly #series: ChunkBuilder<ColumnsOf<'series'>>
  readonly #knownAttributes: NameSet
  readonly #knownSeries: NameSet
  readonly #hasher = new ContentHasher()
  /** shared objects are hashed once */
  readonly #shared = new WeakMap<object, Name>()
  #lastSeries: SeriesInfo | undefined
  #lastSeriesName: Name = { low: 0, high: 0 }
  #lastResource: Resource | undefined
  #lastResourceName: Name = { low: 0, high: 0 }
  newSeries = 0

  constructor(
    source: number,
    attributes: ChunkBuilder<ColumnsOf<'attributes'>>,
    series: ChunkBuilder<ColumnsOf<'series'>>,
    knownAttributes: NameSet,
    knownSeries: NameSet,
  ) {
    this.#source = source
    this.#attributes = attributes
    this.#series = series
    this.#knownAttributes = knownAttributes
    this.#knownSeries = knownSeries
  }

  /** Whether the dictionary lacks this name of attributes; whoever is told so writes the row. */
  claim(low: number, high: number): boolean {
    return this.#knownAttributes.add(low, high)
  }

  /** The answer is valid until the next call. */
  attributes(attributes: Attributes): Name {
    const hash = this.#hasher.begin()
    hash.attributes(attributes)
    hash.finish()
    if (this.#knownAttributes.add(hash.low, hash.high)) this.#row(hash, attributes, null)
    return hash
  }

  resource(resource: Resource): Name {
    if (resource === this.#lastResource) return this.#lastResourceName
    let name = this.#shared.get(resource)
    if (!name) {
      const hash = this.#hasher.begin()
      hash.resource(resource)
      name = this.#keep(resource, hash.finish())
      if (this.#knownAttributes.add(name.low, name.high))
        this.#row(name, resource.attributes, encodeResourceExtra(resource))
    }
    this.#lastResource = resource
    this.#lastResourceName = name
    return name
  }

  scope(scope: Scope): Name {
    let name = this.#shared.get(scope)
    if (!name) {
      const hash = this.#hasher.begin()
      hash.scope(scope)
      name = this.#keep(scope, hash.finish())
      if (this.#knownAttributes.add(name.low, name.high))
        this.#row(name, scope.attributes ?? NOTHING, encodeScopeExtra(scope))
    }
    return name
  }

  series(series: SeriesInfo): Name {
    if (series === this.#lastSeries) return this.#lastSeriesName
    let name = this.#shared.get(series)
    if (!name) {
      const labels = Object.fromEntries(Object.entries(series.labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      const attrs = { ...this.attributes(series.attributes) }
      const resource = series.resource && this.resource(series.resource)
      const scope = series.scope && this.scope(series.scope)
      const otlp = encodeSeriesOtlp(series.otlp)
      const hash = this.#hasher.begin()
      for (const text of [
        series.name,
        series.promName,
        series.type,
        series.unit,
        series.temporality,
        series.service,
        otlp ?? '',
      ])
        hash.text(text)
      hash.word(series.monotonic ? 1 : 0)
      hash.record(labels)
      for (const part of [attrs, resource, scope]) {
        hash.word(part?.low ?? 0)
        hash.word(part?.high ?? 0)
      }
      name = this.#keep(series, hash.finish())
      if (this.#knownSeries.add(name.low, name.high))
        this.#seriesRow(name, series, JSON.stringify(labels), otlp, attrs, resource, scope)
    }
    this.#lastSeries = series
    this.#lastSeriesName = name
    return name
  }

  #keep(of: object, hash: Name): Name {
    const name = { low: hash.low, high: hash.high }
    this.#shared.set(of, name)
    return name
  }

  #row(name: Name, attributes: Attributes, extra: string | null): void {
    const { json, types } = encodeAttributes(attributes)
    const { columns, row } = this.#attributes
    columns.source.values[row] = this.#source
    columns.hash.setWords(row, name.low, name.high)
    columns.json.set(row, json)
    columns.types.set(row, types)
    columns.extra.set(row, extra)
    this.#attributes.next()
  }

  #seriesRow(
    name: Name,
    series: SeriesInfo,
    labels: string,
    otlp: string | null,
    attrs: Name,
    resource: Name | undefined,
    scope: Name | undefined,
  ): void {
    const { columns, row } = this.#series
    columns.source.values[row] = this.#source
    columns.series.setWords(row, name.low, name.high)
    columns.name.set(row, series.name)
    columns.promName.set(row, series.promName)
    columns.labels.set(row, labels)
    columns.type.set(row, series.type)
    columns.unit.set(row, series.unit)
    columns.help.set(row, series.help)
    columns.service.set(row, series.service)
    columns.temporality.set(row, series.temporality)
    columns.monotonic.values[row] = series.monotonic ? 1 : 0
    columns.attrs.setWords(row, attrs.low, attrs.high)
    if (resource) columns.resource.setWords(row, resource.low, resource.high)
    else columns.resource.setNull(row)
    if (scope) columns.scope.setWords(row, scope.low, scope.high)
    else columns.scope.setNull(row)
    columns.otlp.set(row, otlp)
    this.#series.next()
    this.newSeries++
  }
}
