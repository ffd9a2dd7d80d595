// A list of any length whose rows may differ in height; only what is on screen exists.

import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { cx } from '../lib/cx.ts'
import { onListKey } from './list-keys.ts'
import { NO_SLOTS, slotsFor } from './slots.ts'
import styles from './VirtualList.module.css'

export interface VirtualListHandle {
  scrollTo(index: number, align?: 'start' | 'center' | 'end' | 'auto'): void
  focus(): void
  /** the row on screen */
  elementOf(index: number): HTMLElement | undefined
}

export interface VirtualListProps {
  readonly label: string
  readonly count: number
  readonly estimate: number
  /** rows measure themselves (wrapped lines); else all have the estimate's height */
  readonly measured?: boolean
  /** a key that stays with the row when others come before it, so that nothing jumps */
  readonly keyOf?: (index: number) => string | number
  readonly row: (index: number) => ReactNode
  readonly selected?: number
  readonly onSelect?: (index: number) => void
  readonly onOpen?: (index: number) => void
  /** a click with the pointer, after `onSelect`; for lists whose rows do one thing (then without double click) */
  readonly onPress?: (index: number) => void
  readonly onEnd?: () => void
  /** the first rows came on screen: put some before them (with `keyOf` and `anchored`) */
  readonly onStart?: () => void
  /** what is on screen stays where it is when rows come before it */
  readonly anchored?: boolean
  /** indexes of the first and last row on screen, after each move */
  readonly onVisible?: (first: number, last: number) => void
  readonly stale?: boolean
  readonly className?: string
  readonly ref?: Ref<VirtualListHandle>
}

export function VirtualList({
  label,
  count,
  estimate,
  measured = false,
  keyOf,
  row,
  selected = -1,
  onSelect,
  onOpen,
  onPress,
  onEnd,
  onStart,
  anchored = false,
  onVisible,
  stale = false,
  className,
  ref,
}: VirtualListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    overscan: 10,
    ...(keyOf ? { getItemKey: keyOf } : {}),
    ...(anchored ? { anchorTo: 'end' as const } : {}),
  })
  useImperativeHandle(ref, () => ({
    scrollTo: (index, align = 'auto') => virtual.scrollToIndex(index, { align }),
    focus: () => scroller.current?.focus(),
    elementOf: (index) => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? undefined,
  }))
  const items = virtual.getVirtualItems()
  const held = useRef(NO_SLOTS)
  const keys = items.map((item) => item.key)
  held.current = slotsFor(held.current, keys, virtual.isScrolling && !measured)
  const slots = held.current
  // rows that measure themselves are made anew: an element that is filled anew would be measured as the row it was
  const itemOf = new Map(items.map((item) => [measured ? item.key : slots.of.get(item.key), item]))
  const shown = measured ? keys : slots.order
  const last = items.at(-1)?.index ?? -1
  const seenFirst = virtual.range?.startIndex ?? -1
  const seenLast = virtual.range?.endIndex ?? -1
  const visible = useRef(onVisible)
  visible.current = onVisible
  useEffect(() => {
    if (seenFirst >= 0) visible.current?.(seenFirst, seenLast)
  }, [seenFirst, seenLast])
  useEffect(() => {
    if (onStart && count > 0 && seenFirst >= 0 && seenFirst <= 8) onStart()
  }, [onStart, seenFirst, count])
  useEffect(() => {
    if (onEnd && count > 0 && last >= count - 8) onEnd()
  }, [onEnd, last, count])
  const choose = (index: number): void => {
    if (index < 0 || index >= count) return
    onSelect?.(index)
    virtual.scrollToIndex(index, { align: 'auto' })
  }
  return (
    <div
      ref={scroller}
      className={cx(styles['scroller'], stale && styles['stale'], className)}
      role="listbox"
      data-shortcuts="on"
      aria-label={label}
      aria-busy={stale}
      tabIndex={0}
      onKeyDown={(event) => onListKey(event, { selected, count, choose, open: onOpen })}
    >
      <div className={styles['body']} style={{ height: virtual.getTotalSize() }}>
        {shown.map((slot) => {
          const item = itemOf.get(slot)
          return (
            item && (
              <div
                key={slot}
                ref={measured ? virtual.measureElement : undefined}
                data-index={item.index}
                role="option"
                aria-selected={item.index === selected}
                aria-posinset={item.index + 1}
                aria-setsize={count}
                className={cx(
                  styles['item'],
                  !measured && styles['fixed'],
                  item.index === selected && styles['selected'],
                )}
                style={{
                  // a transform would give every row a node of its own in the browser's paint properties
                  top: item.start,
                  ...(measured ? { width: '100%' } : { height: estimate }),
                }}
                onClick={() => {
                  onSelect?.(item.index)
                  onPress?.(item.index)
                }}
                onDoubleClick={() => !onPress && onOpen?.(item.index)}
                onKeyDown={(event) =>
                  event.target === event.currentTarget && event.key === 'Enter' && onOpen?.(item.index)
                }
              >
                {row(item.index)}
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}
