// The gallery: every shared part in its states, for looking at and for the comparison of gallery.spec.ts. It is built for
// tests and development alone (docs/renderer.md); nothing of the program imports it.

import { type ReactNode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import '../../../src/renderer/theme/tokens.css'
import '../../../src/renderer/theme/global.css'
import './gallery.css'
import { WatchdeckError } from '../../../src/shared/base/errors.ts'
import { asEpochNs } from '../../../src/shared/base/time.ts'
import { frameFromRows } from '../../../src/shared/frame/frame.ts'
import { Bars, Heatmap, LineLane, Scatter } from '../../../src/renderer/charts/index.ts'
import { PictureTable } from '../../../src/renderer/charts/PictureTable.tsx'
import { adoptPreferences, type Preferences } from '../../../src/renderer/lib/preferences.ts'
import { startTheme } from '../../../src/renderer/theme/theme.ts'
import { toast } from '../../../src/renderer/workbench/toasts.ts'
import { Toasts } from '../../../src/renderer/workbench/Toasts.tsx'
import {
  Badge,
  Button,
  Checkbox,
  Chip,
  CommitField,
  DataTable,
  Dialog,
  Drawer,
  DurationBar,
  EmptyState,
  ErrorState,
  IconButton,
  JsonTree,
  Markdown,
  MenuAt,
  NameTag,
  Num,
  PartialNote,
  Popover,
  Select,
  Skeleton,
  StatusShape,
  Tabs,
  TextArea,
  TextField,
  Time,
  Toggle,
} from '../../../src/renderer/ui/index.ts'

const asked = new URLSearchParams(location.search)
adoptPreferences({
  theme: asked.get('theme') === 'light' ? 'light' : 'dark',
  contrast: asked.get('contrast') === 'high' ? 'high' : 'normal',
  language: asked.get('language') === 'zh-CN' ? 'zh-CN' : 'en',
  zone: 'UTC',
} satisfies Partial<Preferences>)

const LONG = 'shop.checkout.v1.CheckoutService/PlaceOrderWithAVeryLongNameThatNoCellHasRoomFor'
const TEXTS = { plain: 'checkout', long: LONG, chinese: '支付服务的错误率在 14:02 之后上升', rtl: 'خدمة الدفع بطيئة' }
const START = 1_793_628_000_000_000_000n // 2026-11-02T14:00:00Z
const minute = (n: number): bigint => START + BigInt(n) * 60_000_000_000n
const RANGE = { from: asEpochNs(minute(0)), to: asEpochNs(minute(60)) }
const times = BigInt64Array.from({ length: 60 }, (_, i) => minute(i))
const wave = (phase: number): Float64Array<ArrayBuffer> =>
  Float64Array.from({ length: 60 }, (_, i) => (i > 20 && i < 26 ? Number.NaN : 1 + Math.sin(i / 7 + phase)))
const line = (id: string, phase: number) => ({ id, label: id, points: { times, values: wave(phase) } })
const nothing = (): void => {}

const TABLE = frameFromRows(
  [
    { name: 'service', type: 'string' },
    { name: 'requests', type: 'int' },
    { name: 'p95Ns', type: 'int', unit: 'ns' },
    { name: 'errorRatio', type: 'float', unit: '1' },
  ],
  [
    { service: 'checkout', requests: 12_345n, p95Ns: 2_400_000_000n, errorRatio: 0.112 },
    { service: TEXTS.long, requests: 7n, p95Ns: 900_000n, errorRatio: 0 },
    { service: TEXTS.chinese, requests: 0n, p95Ns: null, errorRatio: null },
    { service: TEXTS.rtl, requests: 1_000_000n, p95Ns: 15_000_000n, errorRatio: 1 },
  ],
)
const COLUMNS = ['service', 'requests', 'p95Ns', 'errorRatio'].map((id) => ({ id, title: id, width: 150 }))

function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section data-part={name}>
      <h2>{name}</h2>
      <div className="row">{children}</div>
    </section>
  )
}

/** What has taken effect stands beside it; the button changes it from outside, as going back does. */
function Committed({ inBar = false }: { inBar?: boolean }) {
  const [value, setValue] = useState('checkout')
  return (
    <>
      <CommitField
        label={inBar ? 'In a bar' : 'Takes effect when left'}
        showLabel={!inBar}
        inBar={inBar}
        value={value}
        wrong={(text) => (text.includes(' ') ? 'A name has no space.' : undefined)}
        options={['payment', 'cart']}
        onCommit={setValue}
      />
      <code>{value}</code>
      <Button onClick={() => setValue('fraud')}>from outside</Button>
    </>
  )
}

const texts = Object.entries(TEXTS)
const missing = [{ source: 'prometheus', from: '2026-11-02T14:00:00Z', to: '2026-11-02T14:10:00Z', reason: 'down' }]

function Gallery() {
  return (
    <main>
      <h1>Gallery</h1>
      <Part name="buttons">
        {(['plain', 'primary', 'quiet', 'danger'] as const).map((kind) => (
          <Button key={kind} kind={kind}>
            {kind}
          </Button>
        ))}
        <Button disabled>disabled</Button>
        <Button pressed icon="filter">
          pressed
        </Button>
        <IconButton icon="pin" label="Pin" />
        {texts.map(([name, text]) => (
          <Button key={name}>{text}</Button>
        ))}
      </Part>
      <Part name="fields">
        <TextField label="Empty" showLabel placeholder="placeholder" />
        <TextField label="Filled" showLabel value={TEXTS.chinese} help="help under it" onChange={nothing} />
        <TextField label="Wrong" showLabel value="25h" error="This is not a time." onChange={nothing} />
        <TextField label="Disabled" showLabel disabled value={TEXTS.rtl} onChange={nothing} />
        <TextArea label="Note" showLabel value={TEXTS.long} onChange={nothing} />
        <Checkbox label="off" checked={false} onChange={nothing} />
        <Checkbox label="on" checked onChange={nothing} />
        <Checkbox label="disabled" checked disabled onChange={nothing} />
        <Toggle label="off" checked={false} onChange={nothing} />
        <Toggle label="on" checked onChange={nothing} />
        <Select label="Choice" value="a" options={[{ value: 'a', label: TEXTS.chinese }]} onChange={nothing} />
      </Part>
      <Part name="committed">
        <Committed />
        <Committed inBar />
      </Part>
      <Part name="marks">
        {(['ok', 'note', 'warning', 'critical', 'neutral'] as const).map((tone) => (
          <span key={tone}>
            <StatusShape tone={tone} label={tone} /> <Badge tone={tone}>{tone}</Badge>{' '}
            <Badge tone={tone} filled>
              {tone}
            </Badge>
          </span>
        ))}
        {texts.map(([name, text]) => (
          <NameTag key={name} name={text} />
        ))}
        <Chip onRemove={nothing}>service = checkout</Chip>
        <Chip excluded onRemove={nothing} onClick={nothing}>
          {TEXTS.long}
        </Chip>
      </Part>
      <Part name="numbers">
        <Num value={2_400_000_000n} unit="ns" />
        <Num value={0.112} unit="1" />
        <Num value={1_536_000} unit="By" />
        <Num value={null} />
        <Num value={Number.NaN} />
        <Time ns={minute(2)} day precision="ms" />
        <DurationBar ns={1_200_000_000n} maxNs={2_400_000_000} />
      </Part>
      <Part name="states">
        <Skeleton lines={4} />
        <EmptyState title="No traces here">Widen the range, or take a filter away.</EmptyState>
        <ErrorState error={new WatchdeckError('timeout', 'The source did not answer.')} onRetry={nothing} />
        <PartialNote completeness={{ complete: false, missing }} />
        <PartialNote completeness={{ complete: true, missing: [], truncated: { returned: 200, total: 12_345 } }} />
      </Part>
      <Part name="tabs">
        <Tabs
          label="Tabs"
          value="one"
          onChange={nothing}
          tabs={[
            { id: 'one', label: 'Chosen', content: <p>{TEXTS.chinese}</p> },
            { id: 'two', label: 'Other' },
          ]}
        />
      </Part>
      <Part name="table">
        {[false, true].map((stale) => (
          <div key={String(stale)} className="table">
            <DataTable
              label={stale ? 'Stale' : 'Table'}
              frame={TABLE}
              columns={COLUMNS}
              selected={0}
              stale={stale}
              rowTone={(_, row) => (row === 3 ? 'critical' : undefined)}
            />
          </div>
        ))}
      </Part>
      <Part name="texts">
        <JsonTree value={{ service: TEXTS.plain, tags: [1, true, null], text: TEXTS.rtl }} />
        <Markdown text={`**bold** \`code\` [link](https://example.org)\n\n- ${TEXTS.chinese}\n- ${TEXTS.rtl}`} />
      </Part>
      <Part name="drawer">
        <div className="table">
          <Drawer title={TEXTS.chinese} label="Drawer" onClose={nothing} actions={<Button kind="quiet">act</Button>}>
            <p>{TEXTS.long}</p>
          </Drawer>
        </div>
      </Part>
      <Part name="charts">
        <LineLane label="Lines" series={[line('checkout', 0), line('payment', 2)]} range={RANGE} unit="s" />
        <LineLane label="Stacked" series={[line('a', 0), line('b', 2)]} range={RANGE} stacked stale />
        <LineLane label="Nothing" series={[]} range={RANGE} />
        <Bars label="Bars" times={times} series={[{ id: 'error', label: 'error', values: wave(1) }]} range={RANGE} />
        <Scatter
          label="Points"
          range={RANGE}
          groups={[{ id: 'g', label: 'frontend', times, values: wave(0).map((v) => v * 1e9) }]}
        />
        <Heatmap
          label="Heat"
          range={RANGE}
          times={times}
          bounds={Float64Array.of(1, 2, 4)}
          counts={Float64Array.from({ length: 180 }, (_, i) => i % 7)}
        />
      </Part>
      <Part name="picture table">
        <PictureTable
          heads={Array.from({ length: 41 }, (_, i) => (i === 0 ? TEXTS.chinese : `${i}`))}
          count={1}
          time={(row) => <Time ns={minute(row)} />}
          cell={(row, column) => <Num value={row * column} />}
        />
      </Part>
    </main>
  )
}

/** What floats over the page, one at a time: `?floating=menu`. */
function Floating({ kind }: { kind: string | null }) {
  const at = { x: 200, y: 200 }
  switch (kind) {
    case 'dialog':
      return (
        <Dialog
          open
          onClose={nothing}
          title={TEXTS.chinese}
          description="What it is about."
          actions={
            <>
              <Button>no</Button>
              <Button kind="primary">yes</Button>
            </>
          }
        >
          <TextField label="Name" showLabel value={TEXTS.long} onChange={nothing} />
        </Dialog>
      )
    case 'menu':
      return (
        <MenuAt
          at={at}
          label="Menu"
          onClose={nothing}
          groups={[
            {
              label: 'group',
              items: [
                { id: 'a', label: TEXTS.chinese, icon: 'filter', keys: 'f' },
                { id: 'b', label: TEXTS.long, checked: true },
                { id: 'c', label: 'disabled', disabled: true, checked: false },
              ],
            },
            { items: [{ id: 'd', label: 'remove', icon: 'trash', danger: true }] },
          ]}
        />
      )
    case 'popover':
      return (
        <Popover open at={at} label="Popover">
          <p>{TEXTS.chinese}</p>
          <Button>act</Button>
        </Popover>
      )
    case 'toasts':
      return <Toasts />
    default:
      return null
  }
}

const floating = asked.get('floating')
if (floating === 'toasts') {
  toast('Removed', { lastsMs: 0, action: { label: 'Undo', run: nothing } })
  toast(TEXTS.chinese, { lastsMs: 0, tone: 'critical', detail: TEXTS.long })
}
startTheme()
createRoot(document.getElementById('root') ?? document.body).render(
  <>
    <Gallery />
    <Floating kind={floating} />
  </>,
)
