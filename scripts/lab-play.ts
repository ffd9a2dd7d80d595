// npm run lab:play: the demo incident in real backends (WATCHDECK_LIVE_*), shifted to now, to be triaged live.

import { parseArgs } from 'node:util'
import { FAULTS } from '../src/shared/contract/demo.ts'
import { play, type Targets } from './lab/play.ts'

const HELP = `npm run lab:play -- [--seed N] [--scale X] [--fault NAME] [--minutes N] [--speed N] [--allow-remote]

Sends the demo incident to the backends that the environment names (the lab prints these lines):
  WATCHDECK_LIVE_PROMETHEUS         remote write: samples, exemplars, histograms (native ones from version 3 on), span metrics
  WATCHDECK_LIVE_JAEGER_OTLP_HTTP   OTLP over HTTP
  WATCHDECK_LIVE_ZIPKIN             Zipkin v2 JSON
  WATCHDECK_LIVE_ALERTMANAGER       its alerts

  --seed N      which shop and incident (1)            --scale X      how much traffic (0.2)
  --fault NAME  ${FAULTS.join(', ')}
  --minutes N   of the demo from its beginning; without it until the incident has burned for 25 minutes
  --speed N     begin now and play N minutes of the demo in a minute; without it everything at once, ending now
  --allow-remote  also to machines other than this one
`

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    scale: { type: 'string', default: '0.2' },
    fault: { type: 'string' },
    minutes: { type: 'string' },
    speed: { type: 'string' },
    'allow-remote': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function number(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !(value >= least && value <= most))
    throw new Error(`--${name} is a number from ${least} to ${most}, not ${JSON.stringify(text)}.`)
  return value
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(HELP)
  const fault = FAULTS.find((each) => each === values.fault)
  if (values.fault !== undefined && fault === undefined) throw new Error(`--fault is one of ${FAULTS.join(', ')}.`)
  const at = (name: string): string | undefined => process.env[`WATCHDECK_LIVE_${name}`]?.replace(/\/$/, '')
  const targets: Targets = {
    prometheus: at('PROMETHEUS'),
    jaeger: at('JAEGER_OTLP_HTTP'),
    zipkin: at('ZIPKIN'),
    alertmanager: at('ALERTMANAGER'),
  }
  if (Object.values(targets).every((target) => target === undefined))
    throw new Error('No backend is named: set WATCHDECK_LIVE_PROMETHEUS and its sisters (--help).')
  const speed = number('speed', values.speed, 1, 60)
  const done = await play(
    targets,
    {
      seed: Math.trunc(number('seed', values.seed, 0, 2 ** 31) ?? 1),
      scale: number('scale', values.scale, 0.01, 5) ?? 0.2,
      fault,
      minutes: number('minutes', values.minutes, 1, 120),
      speed: speed === undefined ? undefined : Math.trunc(speed),
      allowRemote: values['allow-remote'],
    },
    (line) => process.stdout.write(`${line}\n`),
  )
  const range = [done.from, done.to].map((ms) => new Date(ms).toISOString()).join(' to ')
  process.stdout.write(`Played ${done.name}: ${range}, label play="${done.play}".\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`lab:play: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
