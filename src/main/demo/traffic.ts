// Visitors: sessions arrive, look, put things into the cart and buy. Each step is one request, and what the request came
// back with decides whether the visitor goes on, tries again or leaves.

import type { Random } from './random.ts'
import { type Scenario, WINDOW } from './scenario.ts'

export interface Visitor {
  readonly id: string
  readonly country: string
  readonly device: string
  readonly channel: string
  readonly tier: string
  readonly address: string
  /** agreed to be counted */
  readonly counted: boolean
  sku: string
  order: string
  amount: number
  attempts: number
  stage: number
}

export interface Action {
  readonly at: number
  readonly visitor: Visitor
  readonly page: string
}

/** Sessions that begin per second at scale 1, over the day's gentle wave. */
export function sessionRate(scenario: Scenario, t: number): number {
  const phase = ((t / WINDOW) * 0.9 + (scenario.seed % 7) / 7) * Math.PI
  return SESSIONS_PER_SECOND * scenario.scale * (1 + 0.1 * Math.sin(phase))
}

const SESSIONS_PER_SECOND = 2.1
export const COUNTED_SHARE = 0.82

const COUNTRIES = ['DE', 'FR', 'NL', 'GB', 'AT', 'PL', 'ES', 'IT'] as const
const COUNTRY_WEIGHTS = [34, 17, 11, 12, 7, 8, 6, 5]
const DEVICES = ['mobile', 'desktop', 'tablet'] as const
const CHANNELS = ['organic', 'search-ad', 'newsletter', 'social', 'direct'] as const
const TIERS = ['standard', 'plus', 'business'] as const

export function newVisitor(scenario: Scenario, random: Random): Visitor {
  return {
    id: `u-${random.hex(8)}`,
    country: COUNTRIES[random.weighted(COUNTRY_WEIGHTS)] as string,
    device: DEVICES[random.weighted([58, 36, 6])] as string,
    channel: CHANNELS[random.weighted([32, 21, 14, 12, 21])] as string,
    tier: TIERS[random.weighted([74, 20, 6])] as string,
    address: `198.51.${random.integer(96, 103)}.${random.integer(1, 254)}`,
    counted: random.chance(COUNTED_SHARE),
    sku: `${scenario.vocabulary.skuPrefix}-${1000 + random.integer(0, 799)}`,
    order: '',
    amount: Math.round(random.around(46, 0.6) * 100) / 100,
    attempts: 0,
    stage: 0,
  }
}

export const PAGES = {
  home: 'GET /',
  search: 'GET /search',
  product: 'GET /products/{id}',
  add: 'POST /cart/items',
  start: 'POST /checkout/start',
  pay: 'POST /checkout',
} as const

const think = (random: Random, median: number): number => 4_000 + random.around(median, 0.7)

/**
 * The visitor's next request after one that came back at `now`; undefined when they leave.
 * A failed payment is tried again once or twice by some; everything else that fails loses most of them.
 */
export function nextAction(
  visitor: Visitor,
  page: string,
  ok: boolean,
  tookMs: number,
  now: number,
  random: Random,
): Action | undefined {
  const go = (next: string, median: number): Action => ({ at: now + think(random, median), visitor, page: next })
  if (page === PAGES.pay) {
    if (ok) return undefined
    visitor.attempts++
    return visitor.attempts <= 2 && random.chance(0.45) ? go(PAGES.pay, 9_000) : undefined
  }
  if (!ok) return random.chance(0.35) ? go(page, 5_000) : undefined
  // people do not wait for slow pages
  if (tookMs > 2_000 && random.chance(0.6)) return undefined
  switch (page) {
    case PAGES.home:
      return random.chance(0.86) ? go(random.chance(0.42) ? PAGES.search : PAGES.product, 9_000) : undefined
    case PAGES.search:
      return random.chance(0.83) ? go(PAGES.product, 11_000) : undefined
    case PAGES.product:
      if (random.chance(0.4)) return go(PAGES.product, 16_000)
      return random.chance(0.72) ? go(PAGES.add, 14_000) : undefined
    case PAGES.add:
      if (random.chance(0.15)) return go(PAGES.product, 12_000)
      return random.chance(0.78) ? go(PAGES.start, 12_000) : undefined
    default:
      return random.chance(0.88) ? go(PAGES.pay, 20_000) : undefined
  }
}
