// A file whose every text is an attack, in every view: nothing of it runs, nothing of it leaves the page, and what would
// hide or turn the text around is written out.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, idle, test } from './support/watchdeck.ts'

const RANGE = 'from=2026-11-02T13:59:00Z&to=2026-11-02T14:05:00Z'
const MARKUP =
  'in\u202Evoice\u200B"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script><svg onload="window.pwned=1">'
const START = 1_793_628_000_000_000_000n

function files(folder: string): string[] {
  const logs = join(folder, 'logs.ndjson')
  const bodies = [
    MARKUP,
    'paid\u202E001 RUE',
    'ad\u200Bmin logged in',
    '\u001B[2J\u001B[31mgone',
    '[x](javascript:window.pwned=1)',
  ]
  const line = (message: string) => ({
    timestamp: '2026-11-02T14:00:00Z',
    level: 'error',
    service: MARKUP,
    message,
    [MARKUP]: MARKUP,
  })
  writeFileSync(logs, bodies.map((body) => JSON.stringify(line(body))).join('\n'))
  const traces = join(folder, 'traces.json')
  const text = (key: string) => ({ key, value: { stringValue: MARKUP } })
  const spans = [1, 2, 3].map((i) => ({
    traceId: 'a'.repeat(31) + '1',
    spanId: String(i).repeat(16),
    ...(i > 1 ? { parentSpanId: '1'.repeat(16) } : {}),
    name: MARKUP,
    kind: 2,
    startTimeUnixNano: `${START + BigInt(i) * 1_000_000n}`,
    endTimeUnixNano: `${START + 50_000_000n}`,
    attributes: [text(MARKUP), text('http.route')],
    events: [{ name: MARKUP, timeUnixNano: `${START + 5_000_000n}`, attributes: [text('exception.message')] }],
    status: { code: 2, message: MARKUP },
  }))
  const resource = { attributes: [text('service.name'), text('k8s.pod.name')] }
  writeFileSync(
    traces,
    JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: MARKUP }, spans }] }] }),
  )
  return [logs, traces]
}

test('markup, escapes and direction signs in data are text, in every view', async ({ watchdeck, app }) => {
  const folder = mkdtempSync(join(tmpdir(), 'watchdeck-hostile-text-'))
  const strange: string[] = []
  app.on('dialog', (dialog) => {
    strange.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  app.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/x')) strange.push(`request ${request.url()}`)
  })
  try {
    const imported = await watchdeck.cli('import', ...files(folder), '--source', MARKUP)
    expect([imported.code, imported.stderr.includes('"error"')]).toEqual([0, false])
    const range = JSON.stringify({ from: '2026-11-02T13:59:00Z', to: '2026-11-02T14:05:00Z' })
    const incident = `{"title":${JSON.stringify(MARKUP)},"severity":"major","range":${range},"summary":${JSON.stringify(MARKUP)}}`
    const created = await watchdeck.cli('call', 'incidents.create', '--input', incident)
    const { id } = JSON.parse(created.stdout) as { id: string }
    const note = { incident: id, markdown: `${MARKUP}\n\n[x](javascript:window.pwned=1)\n\n![y](/x)` }
    expect((await watchdeck.cli('call', 'incidents.note', '--input', JSON.stringify(note))).code).toBe(0)
    for (const place of [
      '/overview',
      '/map',
      '/traces',
      `/traces/${'a'.repeat(31)}1`,
      '/logs',
      '/metrics',
      '/clusters',
      '/incidents',
      `/incidents/${id}`,
      '/import',
      '/settings',
    ]) {
      await app.evaluate((to) => location.assign(to), `#${place}?${RANGE}`)
      await idle(app)
      const found = await app.evaluate(() => ({
        ran: 'pwned' in window,
        elements: document.querySelectorAll(
          'img[src="x"], [onerror], [onload], body script:not([src]), a[href^="javascript:" i]',
        ).length,
        // what is seen and what is read aloud; a field holds what was typed
        hidden: [
          document.body.textContent,
          ...[...document.querySelectorAll('[title], [aria-label]')].flatMap((each) => [
            each.getAttribute('title') ?? '',
            each.getAttribute('aria-label') ?? '',
          ]),
        ].filter((text) => /[\u202e\u200b]/.test(text)),
      }))
      expect([place, found, strange]).toEqual([place, { ran: false, elements: 0, hidden: [] }, []])
    }
    await app.evaluate((to) => location.assign(to), `#/logs?${RANGE}`)
    await idle(app)
    const lines = app.getByRole('listbox', { name: 'Log lines' })
    for (const shown of ['⟨U+202E⟩', '⟨U+200B⟩', '␛[2J', '<img src=x']) await expect(lines).toContainText(shown)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
