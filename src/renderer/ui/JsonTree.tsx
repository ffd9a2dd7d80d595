// JSON as a tree that folds. Leaves can be asked what may be done with them (filter, copy) through `onValue`.

import { type MouseEvent, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { Icon } from './Icon.tsx'
import styles from './JsonTree.module.css'

export interface JsonTreeProps {
  readonly value: unknown
  /** levels that are open at first */
  readonly open?: number
  /** false: its entries stand alone, under a title that says what they are and how many */
  readonly root?: boolean
  /** click, Enter or right click on a leaf; the path has object keys and array indexes */
  readonly onValue?: (
    path: readonly string[],
    value: string | number | boolean | null,
    at: { x: number; y: number },
  ) => void
}

/** Entries shown at once; more come on demand, so that 10,000 attributes do not stop the page. */
const PAGE = 200

export function JsonTree({ value, open = 2, root = true, onValue }: JsonTreeProps) {
  return (
    <div className={styles['tree']}>
      {!root && typeof value === 'object' && value !== null ? (
        <Entries value={value} path={[]} open={open} onValue={onValue} />
      ) : (
        <Node name={undefined} value={value} path={[]} open={open} onValue={onValue} />
      )}
    </div>
  )
}

interface NodeProps {
  name: string | undefined
  value: unknown
  path: readonly string[]
  open: number
  onValue: JsonTreeProps['onValue']
}

function Node({ name, value, path, open, onValue }: NodeProps) {
  const [isOpen, setOpen] = useState(open > 0)
  if (typeof value !== 'object' || value === null)
    return <Leaf name={name} value={value} path={path} onValue={onValue} />
  const isArray = Array.isArray(value)
  const count = Object.keys(value).length
  return (
    <div className={styles['node']}>
      <button type="button" className={styles['toggle']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={12} />
        {name !== undefined && <span className={styles['key']}>{name}</span>}
        <span className={styles['dim']}>{isArray ? `[${count}]` : `{${count}}`}</span>
      </button>
      {isOpen && (
        <div className={styles['children']}>
          <Entries value={value} path={path} open={open} onValue={onValue} />
        </div>
      )}
    </div>
  )
}

function Entries({ value, path, open, onValue }: Omit<NodeProps, 'name' | 'value'> & { value: object }) {
  const t = useT()
  const [shown, setShown] = useState(PAGE)
  const entries = Object.entries(value)
  return (
    <>
      {entries.slice(0, shown).map(([key, inner]) => (
        <Node key={key} name={key} value={inner} path={[...path, key]} open={open - 1} onValue={onValue} />
      ))}
      {entries.length > shown && (
        <button type="button" className={styles['more']} onClick={() => setShown(shown + PAGE)}>
          {t('ui.showMore', { count: entries.length - shown })}
        </button>
      )}
    </>
  )
}

function Leaf({ name, value, path, onValue }: Omit<NodeProps, 'open'>) {
  const plain =
    value === null || value === undefined
      ? null
      : typeof value === 'number' || typeof value === 'boolean'
        ? value
        : String(value)
  const text = plain === null ? 'null' : String(plain)
  const ask = (event: MouseEvent): void => {
    if (!onValue || String(getSelection()) !== '') return
    event.preventDefault()
    const box = event.currentTarget.getBoundingClientRect()
    onValue(path, plain, event.clientX === 0 ? { x: box.left, y: box.bottom } : { x: event.clientX, y: event.clientY })
  }
  return (
    <div className={styles['leaf']}>
      {name !== undefined && <span className={styles['key']}>{name}</span>}
      {onValue ? (
        <button
          type="button"
          className={styles['value']}
          data-type={plain === null ? 'null' : typeof plain}
          onClick={ask}
          onContextMenu={ask}
        >
          {text}
        </button>
      ) : (
        <span className={styles['value']} data-type={plain === null ? 'null' : typeof plain}>
          {text}
        </span>
      )}
    </div>
  )
}
