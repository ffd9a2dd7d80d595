// What the shop's analytics hears of visitors who agreed to be counted: the steps of a purchase, each after its request.

import type { Attributes } from '../../shared/domain/telemetry.ts'
import type { Failure } from './failures.ts'
import type { Random } from './random.ts'
import { PAGES, type Visitor } from './traffic.ts'
import type { World } from './world.ts'

const EVENTS: Readonly<Record<string, string>> = {
  [PAGES.home]: 'home_viewed',
  [PAGES.search]: 'search_performed',
  [PAGES.product]: 'product_viewed',
  [PAGES.add]: 'added_to_cart',
  [PAGES.start]: 'checkout_started',
  [PAGES.pay]: 'payment_submitted',
}

export class UserEvents {
  private readonly world: World
  private readonly random: Random
  private readonly shared = new Map<string, Attributes>()

  constructor(world: World) {
    this.world = world
    this.random = world.random('user-events')
  }

  /** A visitor asked for a page at `at` and had the answer at `end`. */
  heard(visitor: Visitor, page: string, at: number, end: number, failure: Failure | undefined): void {
    if (at < 0 || !visitor.counted) return
    const step = EVENTS[page] as string
    if (page === PAGES.pay)
      this.write(visitor, step, at, {
        amount: visitor.amount,
        currency: this.world.scenario.vocabulary.currency,
        attempt: visitor.attempts + 1,
      })
    // a page that never came is no view
    else if (failure === undefined)
      this.write(visitor, step, end, page === PAGES.product || page === PAGES.add ? { sku: visitor.sku } : {})
    if (page !== PAGES.pay) return
    if (failure === undefined)
      this.write(visitor, 'order_completed', end + 40, {
        amount: visitor.amount,
        currency: this.world.scenario.vocabulary.currency,
        order: visitor.order,
      })
    else
      this.write(visitor, 'payment_failed', end + 40, {
        reason: failure === 'declined' ? 'declined' : 'try_again_later',
      })
  }

  private write(visitor: Visitor, event: string, t: number, more: Record<string, string | number>): void {
    const common = { country: visitor.country, device: visitor.device, channel: visitor.channel, tier: visitor.tier }
    let properties: Attributes
    if (Object.keys(more).length === 0) {
      const key = `${visitor.country}|${visitor.device}|${visitor.channel}|${visitor.tier}`
      properties = this.shared.get(key) ?? { values: common }
      this.shared.set(key, properties)
    } else properties = { values: { ...common, ...more } }
    this.world.sink.userEvent({
      time: this.world.naming.ns(t),
      id: this.random.hex(16),
      event,
      distinctId: visitor.id,
      properties,
    })
  }
}
