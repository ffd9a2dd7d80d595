// The demo capability: writes a generated incident into the store as a source of its own, once per seed, scale and fault.

import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../../shared/base/errors.ts'
import { contentHash } from '../../shared/base/hash.ts'
import { formatRfc3339, fromMillis } from '../../shared/base/time.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import type { WrittenRows } from '../storage/telemetry/api.ts'
import { type Alert, firedInOrder } from './alerts.ts'
import { type Demo, planDemo } from './generate.ts'
import { serviceName } from './scenario.ts'

/** Goes up whenever the rows of a seed change, so that an older demo is not taken for the new one. */
const GENERATOR = 1

export const demoModule: CapabilityModule<'demo'> = {
  name: 'demo',
  start: (engine) => ({
    /**
     * A demo that is there already is used again: the same seed gives the same rows. Cancelled or failed, it leaves no
     * source and no rows.
     */
    async create(input, context) {
      const demo = planDemo(input)
      const origin = originOf(demo)
      const there = engine.catalog.sources
        .list()
        .find((s) => s.kind === 'demo' && s.state === 'ready' && s.origin[0] === origin)
      const source = there?.id ?? (await generate(engine, context, demo, origin))
      const incident =
        input.incident && demo.scenario.fault !== 'none'
          ? await incidentOf(engine, context, demo, source, there === undefined)
          : undefined
      const { fault, rootService, rootEntity, at, until, redHerrings } = demo.truth
      return {
        source,
        ...(incident === undefined ? {} : { incident }),
        from: text(demo.from),
        to: text(demo.to),
        ...(input.withTruth
          ? {
              truth: {
                fault,
                rootService,
                rootEntity,
                at: text(at),
                until: text(until),
                redHerrings: [...redHerrings],
              },
            }
          : {}),
      }
    },
  }),
}

const text = (ms: number): string => formatRfc3339(fromMillis(ms))

/** Names the rows without telling what went wrong in them: people see it in the list of sources. */
function originOf({ scenario }: Demo): string {
  const fingerprint = contentHash(`${GENERATOR}|${scenario.seed}|${scenario.scale}|${scenario.fault}`)
    .toString(16)
    .padStart(16, '0')
  return `demo, seed ${scenario.seed}, scale ${scenario.scale} (${fingerprint.slice(0, 8)})`
}

async function generate(engine: EngineContext, context: CallContext, demo: Demo, origin: string): Promise<string> {
  const { catalog, telemetry } = engine
  const { id } = catalog.sources.create({
    name: `Demo: ${demo.scenario.vocabulary.namespace}, seed ${demo.scenario.seed}`,
    kind: 'demo',
    origin: [origin],
    readOnly: false,
  })
  engine.changed('sources', id)
  let written: WrittenRows
  try {
    const writer = await telemetry.writer(id, { signal: context.signal })
    try {
      context.progress(0, 'Making up two hours of a shop')
      for (const { progress, batches } of demo.steps()) {
        throwIfAborted(context.signal)
        for (const batch of batches) await writer.write(batch)
        context.progress(
          0.92 * progress,
          `${writer.written.spans + writer.written.logs + writer.written.samples} rows so far`,
        )
        // other calls of this process get their turn
        await setImmediate()
      }
      context.progress(0.93, 'Writing it to disk')
      throwIfAborted(context.signal)
      written = await writer.commit()
    } catch (error) {
      await writer.rollback()
      throw error
    }
  } catch (error) {
    catalog.sources.delete(id)
    engine.changed('sources', id)
    throw error
  }
  const { from, to, ...counts } = written
  catalog.sources.update(id, {
    state: 'ready',
    counts,
    rows: counts.spans + counts.logs + counts.samples + counts.objects + counts.happenings + counts.userEvents,
    ...(from === null ? {} : { from: formatRfc3339(from) }),
    ...(to === null ? {} : { to: formatRfc3339(to) }),
  })
  engine.changed('sources', id)
  context.log.info('demo written', { source: id, ...counts })
  return id
}

/** An incident as the one on call would open it: named after what was seen first, not after what caused it. */
async function incidentOf(
  engine: EngineContext,
  context: CallContext,
  demo: Demo,
  source: string,
  fresh: boolean,
): Promise<string> {
  const open = engine.catalog.incidents
    .list()
    .find((incident) => !incident.removed && incident.sources.includes(source))
  if (open !== undefined) return open.id
  const alerts = fresh ? firedInOrder(demo.alerts) : await firedBefore(engine, source)
  const checkout = serviceName(demo.scenario, 'checkout')
  const seen = alerts.find((alert) => alert.service === checkout) ?? alerts[0]
  const what = seen?.name.includes('Latency') ? 'slow' : 'errors'
  const incident = await engine.call(
    'incidents.create',
    {
      title: `${capital(seen?.service || checkout)} ${what}`,
      severity: 'critical',
      range: { from: text(demo.from), to: text(demo.to) },
      sources: [source],
      services: [checkout],
      ...(alerts[0] === undefined ? {} : { detectedAt: text(alerts[0].firedAt + demo.from) }),
    },
    context,
  )
  return incident.id
}

/** The alerts of a demo that was written earlier, times as the generator gives them. */
async function firedBefore(engine: EngineContext, source: string): Promise<Alert[]> {
  const scope = await engine.telemetry.scope([source])
  const rows = await engine.telemetry.rows<{ reason: string; service: string; ms: number }>(
    `SELECT reason, service, ((time_ns - (SELECT min(time_ns) FROM ${scope.relation('samples')})) / 1e6)::DOUBLE AS ms FROM ${scope.relation('happenings')} WHERE kind = 'alert' ORDER BY time_ns`,
    [],
  )
  return rows.map(({ reason, service, ms }) => ({ name: reason, service, firedAt: ms, resolvedAt: undefined }))
}

const capital = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)
