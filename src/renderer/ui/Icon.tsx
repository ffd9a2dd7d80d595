// The few icons, drawn on a 16 px grid with one stroke width. An icon never stands alone without a name beside it or in
// its aria-label.

import { cx } from '../lib/cx.ts'
import styles from './Icon.module.css'

/** in a square of 16 */
export const ICON_PATHS = {
  overview: 'M2 13V8m4 5V3m4 10V6m4 7V10',
  traces: 'M2 3.5h7M4 8h8M7 12.5h7',
  logs: 'M2 3.5h12M2 6.5h9M2 9.5h12M2 12.5h6',
  metrics: 'M2 12l3.5-5 3 3L14 3',
  incidents: 'M8 2l6.5 11.5h-13zM8 6.5v3.2M8 11.6v.4',
  alerts: 'M8 2a4 4 0 00-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 00-4-4zM6.5 14h3',
  clusters: 'M8 1.8l5.5 3.1v6.2L8 14.2l-5.5-3.1V4.9zM8 8l5.5-3.1M8 8v6.2M8 8L2.5 4.9',
  sources:
    'M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2zm0 0v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4m-11 4c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2',
  disk: 'M2.5 9.5L4 3h8l1.5 6.5V13h-11zm0 0h11M11 11.3h.01',
  import: 'M8 2v8m0 0L5 7m3 3l3-3M2.5 10.5V14h11v-3.5',
  export: 'M8 10V2m0 0L5 5m3-3l3 3M2.5 10.5V14h11v-3.5',
  settings:
    'M8 5.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM8 1.5v2m0 9v2M1.5 8h2m9 0h2M3.4 3.4l1.4 1.4m6.4 6.4l1.4 1.4m0-9.2l-1.4 1.4M4.8 11.2l-1.4 1.4',
  help: 'M5.8 6a2.2 2.2 0 114 1.3c-.8.7-1.8 1-1.8 2.2M8 11.8v.4',
  start: 'M2.5 7.5L8 2.5l5.5 5V14h-4v-4h-3v4h-4z',
  close: 'M4 4l8 8m0-8l-8 8',
  check: 'M3 8.5l3.2 3.2L13 4.5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  grip: 'M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01',
  chevronDown: 'M4 6l4 4 4-4',
  chevronRight: 'M6 4l4 4-4 4',
  chevronLeft: 'M10 4L6 8l4 4',
  chevronUp: 'M4 10l4-4 4 4',
  search: 'M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.5 10.5L14 14',
  pin: 'M6 2h4l-.5 4.5L12 9H4l2.5-2.5zM8 9v5',
  pinned: 'M6 2h4l-.5 4.5L12 9H4l2.5-2.5zM8 9v5M6.6 3h2.8M6.5 5h3M5.5 8h5',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  refresh: 'M13 8a5 5 0 11-1.6-3.7M13 2v3.2H9.8',
  record: 'M8 3.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM8 6.5a1.5 1.5 0 100 3 1.5 1.5 0 000-3z',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 3l8 5-8 5z',
  filter: 'M2 3h12L9.5 8.5V13l-3-1.5v-3z',
  filterOut: 'M2 3h12L9.5 8.5V13l-3-1.5v-3zM2 13L13 2',
  clock: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 4.8V8l2.3 1.6',
  panelRight: 'M2 3h12v10H2zM10 3v10',
  panelBottom: 'M2 3h12v10H2zM2 9.5h12',
  link: 'M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 014.2 4.2L11.2 8.8M9 11.5L7.5 13a3 3 0 01-4.2-4.2L4.8 7.2',
  note: 'M3 2.5h10v7L9.5 13.5H3zM9.5 13.5v-4H13',
  file: 'M4 1.8h5l3.5 3.5v9H4zM9 1.8v3.5h3.5',
  folder: 'M2 4h4l1.5 1.5H14V13H2z',
  trash: 'M3 4.5h10M6 4.5V2.5h4v2M4.5 4.5l.7 9h5.6l.7-9',
  edit: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z',
  jobs: 'M2 9.5l2-6h8l2 6v4H2zM2 9.5h3.6l1 1.8h2.8l1-1.8H14',
  expand: 'M9.5 2.5h4v4M13.5 2.5L9 7M6.5 13.5h-4v-4M2.5 13.5L7 9',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 100 4 2 2 0 000-4z',
  arrowUp: 'M8 13V3M4 7l4-4 4 4',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  arrowRight: 'M3 8h10M9 4l4 4-4 4',
  wrap: 'M2 3.5h12M2 8h9.5a2.2 2.2 0 010 4.5H8M9.8 10.6L8 12.5l1.8 1.9',
  columns: 'M2 3h12v10H2zM6 3v10M10 3v10',
  question: 'M8 2a6 6 0 100 12A6 6 0 008 2zM6.3 6.3a1.8 1.8 0 113 1.4c-.7.5-1.3.8-1.3 1.6M8 11.3v.2',
  list: 'M5.5 4H14M5.5 8H14M5.5 12H14M2.2 4h.6M2.2 8h.6M2.2 12h.6',
  flame: 'M2 3h12M2 6.3h9M2 9.6h6M2 13h3',
  map: 'M4 3.2a1.7 1.7 0 100 3.4 1.7 1.7 0 000-3.4zm8 0a1.7 1.7 0 100 3.4 1.7 1.7 0 000-3.4zM8 9.5a1.7 1.7 0 100 3.4 1.7 1.7 0 000-3.4zM5 6.3l2 3.5m4-3.5l-2 3.5M5.7 4.9h4.6',
} as const

export type IconName = keyof typeof ICON_PATHS

export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      className={cx(styles['icon'], className)}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={ICON_PATHS[name]} />
    </svg>
  )
}
