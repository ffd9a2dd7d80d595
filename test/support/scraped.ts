// Answers of a Prometheus that scraped one counter: raw samples by a range selector, rates by a range query.

import type { Answer } from './fault-server.ts'

export const INSTANCE = '10.0.0.1:9090'

/**
 * A scrape every 10 s; a counter that rises by one a second, of two series.
 * @param lost a time that it has not
 * @param warnings that come with every answer
 */
export function scraped(lost?: { from: number; to: number }, warnings: readonly string[] = []) {
  const asked: string[] = []
  const answerTo = (path: string, form: URLSearchParams): Answer => {
    const ok = (data: unknown) => ({
      status: 200,
      type: 'application/json',
      body: JSON.stringify({ status: 'success', data, ...(warnings.length > 0 && { warnings }) }),
    })
    if (path.endsWith('/query_range')) {
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [
        number,
        number,
        number,
      ]
      const values = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => [start + i * step, '2'])
      return ok({ resultType: 'matrix', result: [{ metric: {}, values }] })
    }
    if (!path.endsWith('/query')) return ok(path.endsWith('/buildinfo') ? { version: '3.16.0' } : [])
    const query = form.get('query') ?? ''
    asked.push(query)
    const range = /^\{__name__="requests_total"(?:,instance=~?"[^"]*")?\}\[(\d+)ms\]$/.exec(query)
    // told where a selector asks for it
    const where = query.includes('instance') ? { instance: INSTANCE } : {}
    const at = Number(form.get('time'))
    if (!range) return ok({ resultType: 'vector', result: [] })
    const values: Array<[number, string]> = []
    for (let t = Math.ceil((at - Number(range[1]) / 1000) / 10) * 10; t <= at; t += 10)
      if (!lost || t < lost.from || t >= lost.to) values.push([t, String(t % 100_000)])
    const result = ['a', 'b'].map((job) => ({ metric: { __name__: 'requests_total', job, ...where }, values }))
    return ok({ resultType: 'matrix', result: values.length > 0 ? result : [] })
  }
  return { asked, answerTo }
}
