// The service map: the colours of the services, edges as wide as their calls are many, failing ones dashed, red and said in
// words. Exact values stand in the line beneath while the pointer or the focus is on something. Click filters.

import '@xyflow/react/dist/base.css'
import {
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useT } from '../../../i18n/index.ts'
import { cx } from '../../../lib/cx.ts'
import { formatQuantity } from '../../../lib/format.ts'
import { categoryVar } from '../../../theme/palette.ts'
import { Button, ErrorState, Skeleton, StatusShape } from '../../../ui/index.ts'
import { asWatchdeckError } from '../../../lib/engine/index.ts'
import type { WatchdeckError } from '../../../../shared/base/errors.ts'
import { addFilter, useSourceName, useValueMenu } from '../../../workbench/index.ts'
import { pivotItems } from '../scope.ts'
import type { CallsProps } from './CallsTable.tsx'
import { type Call, isFailing, openCall, secondsOf } from './calls.ts'
import { firstLook, WHOLE } from './first-look.ts'
import { graphKey, NODE_HEIGHT, NODE_WIDTH, type Places, placesOf } from './layout.ts'
import styles from './map.module.css'

interface ServiceData extends Record<string, unknown> {
  readonly name: string
  readonly kind: string
  readonly rate: string
  /** of errors, in as few signs as there is room for */
  readonly share: string
  readonly failing: boolean
  readonly faded: boolean
  readonly spoken: string
  readonly onHover: (text: string | undefined) => void
}
type ServiceNode = Node<ServiceData, 'service'>
type CallEdge = Edge<{ spoken: string; call: Call }>

/** At its beginning, and where another graph takes its place. */
function look(
  flow: ReactFlowInstance<ServiceNode, CallEdge> | undefined,
  nodes: readonly ServiceNode[],
  pane: HTMLElement | null,
): void {
  const first = pane
    ? firstLook(
        nodes.map(({ position, data }) => ({ position, failing: data.failing })),
        { width: pane.clientWidth, height: pane.clientHeight - FOOT },
      )
    : undefined
  if (first) void flow?.setViewport(first)
  else void flow?.fitView(WHOLE)
}
/** px of the line beneath */
const FOOT = 36
/** One request in an hour is no number of digits. */
const shortRate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 0.01 ? '< 0.01 /s' : formatQuantity(perSecond, '1/s')
const shortShare = (ratio: number): string => formatQuantity(ratio, '1', { decimals: ratio >= 0.1 ? 0 : 1 })
const nodeTypes = { service: ServiceBox }

export default function ServiceMap({ answer, input, wanted, stale }: CallsProps) {
  const t = useT()
  const graph = useMemo(
    () => ({
      nodes: answer.nodes.map((n) => n.id),
      edges: answer.edges.filter((e) => e.from !== e.to).map(({ from, to }) => ({ from, to })),
    }),
    [answer],
  )
  const { places, error, retry } = usePlaces(graph)
  const [readout, setReadout] = useState<string>()
  const flow = useRef<ReactFlowInstance<ServiceNode, CallEdge>>(undefined)
  const question = useMemo(() => ({ method: 'services.map' as const, input }), [input])
  const pane = useRef<HTMLDivElement>(null)
  const values = useValueMenu()
  const seconds = secondsOf(input)
  const nameOf = useSourceName()

  const nodes = useMemo((): ServiceNode[] => {
    const near = new Set(answer.edges.filter((e) => wanted(e.from) || wanted(e.to)).flatMap((e) => [e.from, e.to]))
    return answer.nodes.map((n) => {
      // of a service whose calls only the source counted nothing was read
      const of = (value: number, unit: string) => (n.requests > 0 ? formatQuantity(value, unit) : '–')
      const rate = n.requests > 0 ? shortRate(n.requests / seconds) : '–'
      const [errors, p95] = [of(n.errorRatio, '1'), of(n.p95Ns, 'ns')]
      return {
        id: n.id,
        type: 'service',
        position: places?.get(n.id) ?? { x: 0, y: 0 },
        width: NODE_WIDTH,
        height: NODE_HEIGHT,
        // nodes that can be neither dragged nor selected would let the pointer through to the ground
        style: { pointerEvents: 'all' },
        data: {
          name: n.id,
          kind: n.kind,
          rate,
          share: shortShare(n.errorRatio),
          failing: isFailing(n),
          faded: !wanted(n.id) && !near.has(n.id),
          spoken: t('services.mapNode', { name: n.id, rate, errors, p95 }),
          onHover: setReadout,
        },
      }
    })
  }, [answer, places, wanted, seconds, t])

  const edges = useMemo((): CallEdge[] => {
    const most = Math.max(1, ...answer.edges.map((e) => e.requests))
    return answer.edges
      .filter((e) => e.from !== e.to)
      .map((e) => {
        const failing = isFailing(e)
        const rate = shortRate(e.requests / seconds)
        const spoken =
          e.p95Ns === null
            ? t('services.mapEdgeCounted', { from: e.from, to: e.to, rate, source: nameOf(e.counted?.source ?? '') })
            : t('services.mapEdge', {
                from: e.from,
                to: e.to,
                rate,
                errors: formatQuantity(e.errorRatio, '1'),
                p95: formatQuantity(e.p95Ns, 'ns'),
              })
        const faded = !wanted(e.from) && !wanted(e.to)
        const colour = failing ? 'var(--critical)' : 'var(--n7)'
        return {
          id: `${e.from}→${e.to}`,
          source: e.from,
          target: e.to,
          data: { spoken, call: e },
          ariaLabel: spoken,
          className: faded ? (styles['faded'] ?? '') : '',
          // over the boxes, which would hide half of the word on it
          zIndex: failing && !faded ? 1 : 0,
          style: {
            stroke: colour,
            strokeWidth: 1 + 4 * Math.sqrt(e.requests / most),
            ...(failing ? { strokeDasharray: '7 4' } : e.countedOnly ? { strokeDasharray: '2 4' } : {}),
          },
          markerEnd: {
            type: MarkerType.ArrowClosed,
            color: colour,
            width: 12,
            height: 12,
            markerUnits: 'userSpaceOnUse',
          },
          ...(failing && !faded
            ? {
                label: shortShare(e.errorRatio),
              }
            : {}),
        }
      })
  }, [answer, wanted, seconds, t, nameOf])

  const key = graphKey(graph)
  const fitted = useRef('')
  useEffect(() => {
    if (!places || fitted.current === key) return
    fitted.current = key
    look(flow.current, nodes, pane.current)
  }, [places, key, nodes])

  if (error) return <ErrorState error={error} onRetry={retry} what={t('services.mapFailed')} />
  if (!places) return <Skeleton />
  return (
    <div ref={pane} className={cx(styles['map'], stale && styles['stale'])}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        onInit={(instance) => {
          flow.current = instance
          look(instance, nodes, pane.current)
        }}
        aria-label={t('services.map')}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        minZoom={0.2}
        maxZoom={2}
        onEdgeMouseEnter={(_, edge) => setReadout(edge.data?.spoken)}
        onEdgeMouseLeave={() => setReadout(undefined)}
        onEdgeClick={(_, edge) => edge.data && openCall(answer, edge.data.call)}
        onNodeContextMenu={(event, node) => {
          event.preventDefault()
          values.open({
            at: { x: event.clientX, y: event.clientY },
            field: 'service',
            value: node.id,
            question,
            title: t('services.map'),
            more: pivotItems(node.id),
          })
        }}
        proOptions={HIDE_SIGN}
      />
      <div className={styles['foot']}>
        <span className={styles['readout']} aria-live="polite">
          {readout ?? t('services.mapLegend', { counted: answer.edges.some((e) => e.countedOnly) ? 'yes' : 'no' })}
        </span>
        <Button kind="quiet" icon="expand" onClick={() => void flow.current?.fitView(WHOLE)}>
          {t('services.mapFit')}
        </Button>
      </div>
      {values.menu}
    </div>
  )
}

/** the library's licence (MIT) asks for no sign on the picture; docs/dependencies.md names it */
const HIDE_SIGN = { hideAttribution: true }

function ServiceBox({ data }: NodeProps<ServiceNode>) {
  const t = useT()
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        className={cx(
          'nodrag',
          'nopan',
          styles['box'],
          data.failing && styles['failing'],
          data.faded && styles['faded'],
        )}
        aria-label={data.spoken}
        onClick={() => addFilter({ field: 'service', value: data.name, exclude: false })}
        onPointerEnter={() => data.onHover(data.spoken)}
        onPointerLeave={() => data.onHover(undefined)}
        onFocus={() => data.onHover(data.spoken)}
        onBlur={() => data.onHover(undefined)}
      >
        <span className={styles['swatch']} data-colour style={{ background: categoryVar(data.name) }} />
        <span className={styles['words']}>
          <span className={styles['name']}>{data.name}</span>
          <span className={styles['numbers']}>
            {data.kind !== 'service' && <span>{t('services.nodeKind', { kind: data.kind })}</span>}
            <span>{data.rate}</span>
            {data.failing && (
              <span className={styles['errors']}>
                <StatusShape tone="critical" />{' '}
                {/* beside its kind there is room for the share alone; the shape and the name of the button say of what */}
                {data.kind === 'service' ? t('services.errorsShare', { share: data.share }) : data.share}
              </span>
            )}
          </span>
        </span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  )
}

function usePlaces(graph: { nodes: readonly string[]; edges: ReadonlyArray<{ from: string; to: string }> }): {
  places: Places | undefined
  error: WatchdeckError | undefined
  retry: () => void
} {
  const [state, setState] = useState<{ places?: Places; error?: WatchdeckError }>({})
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    let current = true
    // a failed layout is forgotten by placesOf, so another attempt starts anew
    placesOf(attempt === 0 ? graph : { ...graph }).then(
      (places) => current && setState({ places }),
      (error: unknown) => current && setState({ error: asWatchdeckError(error) }),
    )
    return () => {
      current = false
    }
  }, [graph, attempt])
  return { places: state.places, error: state.error, retry: () => setAttempt((n) => n + 1) }
}
