// What a shop calls its parts. A seed picks one of these shops; the roles are what the topology is written in.

export const ROLES = [
  'frontend',
  'identity',
  'catalog',
  'search',
  'recommendation',
  'pricing',
  'cart',
  'checkout',
  'payment',
  'fraud',
  'inventory',
  'shipping',
  'orders',
  'notification',
] as const
export type Role = (typeof ROLES)[number]

/** A value for each role. */
export const perRole = <T>(make: (role: Role) => T): Record<Role, T> =>
  Object.fromEntries(ROLES.map((role) => [role, make(role)])) as Record<Role, T>

export interface Vocabulary {
  readonly namespace: string
  readonly domain: string
  readonly services: Readonly<Record<Role, string>>
  /** the nightly kind of job that runs beside the shop */
  readonly batch: string
  readonly topics: { readonly orders: string; readonly payments: string; readonly stock: string }
  readonly skuPrefix: string
  readonly currency: string
}

const names = (...list: readonly string[]): Readonly<Record<Role, string>> =>
  perRole((role) => list[ROLES.indexOf(role)] as string)

export const VOCABULARIES: readonly Vocabulary[] = [
  {
    namespace: 'shop',
    domain: 'shop.example',
    services: names(
      'frontend',
      'identity',
      'catalog',
      'search',
      'recommendation',
      'pricing',
      'cart',
      'checkout',
      'payment',
      'fraud',
      'inventory',
      'shipping',
      'orders',
      'notification',
    ),
    batch: 'sales-report',
    topics: { orders: 'orders.placed', payments: 'payments.settled', stock: 'stock.changed' },
    skuPrefix: 'SKU',
    currency: 'EUR',
  },
  {
    namespace: 'books',
    domain: 'books.example',
    services: names(
      'storefront',
      'accounts',
      'titles',
      'finder',
      'shelf-advice',
      'price-list',
      'basket',
      'till',
      'billing',
      'risk',
      'warehouse',
      'dispatch',
      'order-desk',
      'mailer',
    ),
    batch: 'royalty-export',
    topics: { orders: 'order-desk.accepted', payments: 'billing.captured', stock: 'warehouse.levels' },
    skuPrefix: 'ISBN',
    currency: 'GBP',
  },
  {
    namespace: 'grocer',
    domain: 'grocer.example',
    services: names(
      'web',
      'login',
      'products',
      'lookup',
      'suggest',
      'offers',
      'trolley',
      'purchase',
      'wallet',
      'screening',
      'stock',
      'delivery',
      'fulfilment',
      'messenger',
    ),
    batch: 'shelf-forecast',
    topics: { orders: 'fulfilment.requests', payments: 'wallet.charges', stock: 'stock.levels' },
    skuPrefix: 'ART',
    currency: 'CHF',
  },
  {
    namespace: 'tickets',
    domain: 'tickets.example',
    services: names(
      'portal',
      'members',
      'events',
      'discovery',
      'for-you',
      'tariffs',
      'hold',
      'booking',
      'cashier',
      'guard',
      'seating',
      'courier',
      'ledger',
      'postbox',
    ),
    batch: 'venue-statements',
    topics: { orders: 'booking.confirmed', payments: 'cashier.receipts', stock: 'seating.updates' },
    skuPrefix: 'SEAT',
    currency: 'USD',
  },
]
