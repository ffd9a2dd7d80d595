// The shop as it is meant to work: who calls whom, in which order, with which patience. Times are milliseconds.

import type { Role } from './vocabulary.ts'

export type Topic = 'orders' | 'payments' | 'stock'
export type Language = 'go' | 'java' | 'nodejs' | 'python'

export type Step =
  | {
      readonly do: 'call'
      readonly to: string
      readonly timeout: number
      readonly retries: number
      readonly share?: number
      readonly optional?: boolean
    }
  | {
      readonly do: 'query'
      readonly store: 'postgresql' | 'redis' | 'elasticsearch'
      readonly verb: string
      readonly table: string
      readonly text: string
      readonly median: number
      readonly share?: number
    }
  | {
      readonly do: 'external'
      readonly peer: string
      readonly path: string
      readonly nextPath: string
      readonly timeout: number
      readonly retries: number
      readonly median: number
    }
  | { readonly do: 'publish'; readonly topic: Topic }
  | { readonly do: 'compute'; readonly name: string; readonly median: number }
  | { readonly do: 'together'; readonly steps: readonly Step[] }

export interface Operation {
  /** 'payment.Charge' */
  readonly key: string
  readonly role: Role
  readonly method: string
  readonly http?: { readonly verb: 'GET' | 'POST'; readonly route: string }
  /** own work before, between and after the steps */
  readonly work: number
  /** share of calls that fail for reasons of their own on a good day */
  readonly failure: number
  readonly steps: readonly Step[]
}

export interface ServiceShape {
  readonly role: Role
  readonly pods: number
  /** requests that one pod serves at once, at scale 1; further ones wait in line */
  readonly slots: number
  readonly language: Language
  readonly version: readonly [number, number, number]
  readonly memoryMiB: number
  readonly database?: 'postgresql' | 'redis' | 'elasticsearch'
}

export const SERVICES: readonly ServiceShape[] = [
  { role: 'frontend', pods: 4, slots: 64, language: 'nodejs', version: [5, 41, 2], memoryMiB: 310 },
  { role: 'identity', pods: 2, slots: 24, language: 'go', version: [1, 19, 0], memoryMiB: 70, database: 'redis' },
  { role: 'catalog', pods: 3, slots: 24, language: 'go', version: [3, 8, 4], memoryMiB: 120, database: 'postgresql' },
  {
    role: 'search',
    pods: 3,
    slots: 24,
    language: 'java',
    version: [2, 30, 1],
    memoryMiB: 780,
    database: 'elasticsearch',
  },
  { role: 'recommendation', pods: 3, slots: 16, language: 'python', version: [0, 77, 3], memoryMiB: 420 },
  { role: 'pricing', pods: 2, slots: 24, language: 'go', version: [4, 2, 9], memoryMiB: 90, database: 'redis' },
  { role: 'cart', pods: 3, slots: 24, language: 'nodejs', version: [2, 11, 0], memoryMiB: 160, database: 'redis' },
  { role: 'checkout', pods: 4, slots: 24, language: 'go', version: [6, 3, 1], memoryMiB: 110 },
  { role: 'payment', pods: 4, slots: 1, language: 'java', version: [2, 13, 7], memoryMiB: 640, database: 'postgresql' },
  { role: 'fraud', pods: 2, slots: 16, language: 'python', version: [1, 4, 0], memoryMiB: 510, database: 'redis' },
  {
    role: 'inventory',
    pods: 3,
    slots: 2,
    language: 'java',
    version: [3, 21, 0],
    memoryMiB: 590,
    database: 'postgresql',
  },
  { role: 'shipping', pods: 2, slots: 16, language: 'nodejs', version: [1, 9, 5], memoryMiB: 150 },
  { role: 'orders', pods: 3, slots: 16, language: 'java', version: [4, 15, 2], memoryMiB: 620, database: 'postgresql' },
  { role: 'notification', pods: 2, slots: 16, language: 'python', version: [2, 0, 8], memoryMiB: 130 },
]

const call = (to: string, timeout: number, retries = 0, more: { share?: number; optional?: boolean } = {}): Step => ({
  do: 'call',
  to,
  timeout,
  retries,
  ...more,
})
const redis = (verb: string, table: string, share = 1): Step => ({
  do: 'query',
  store: 'redis',
  verb,
  table,
  text: `${verb} ${table}:?`,
  median: 0.7,
  share,
})
const sql = (verb: string, table: string, text: string, median: number, share = 1): Step => ({
  do: 'query',
  store: 'postgresql',
  verb,
  table,
  text,
  median,
  share,
})
const page = (verb: 'GET' | 'POST', route: string, work: number, steps: readonly Step[]): Operation => ({
  key: `frontend.${verb} ${route}`,
  role: 'frontend',
  method: '',
  http: { verb, route },
  work,
  failure: 0.0006,
  steps,
})
const rpc = (role: Role, method: string, work: number, steps: readonly Step[], failure = 0.0004): Operation => ({
  key: `${role}.${method}`,
  role,
  method,
  work,
  failure,
  steps,
})

const OPERATION_LIST: readonly Operation[] = [
  page('GET', '/', 6, [
    {
      do: 'together',
      steps: [
        call('catalog.ListFeatured', 1000, 1),
        call('recommendation.ForVisitor', 400, 0, { optional: true }),
        call('cart.GetCart', 500, 0, { optional: true }),
      ],
    },
  ]),
  page('GET', '/search', 5, [call('search.Query', 1500, 1), call('pricing.QuoteMany', 600, 1)]),
  page('GET', '/products/{id}', 6, [
    call('catalog.GetProduct', 1000, 1),
    {
      do: 'together',
      steps: [
        call('pricing.Quote', 600, 1),
        call('recommendation.Similar', 400, 0, { optional: true }),
        call('inventory.CheckStock', 900, 0, { optional: true, share: 0.3 }),
      ],
    },
  ]),
  page('POST', '/cart/items', 5, [
    call('identity.Verify', 500, 1),
    call('cart.AddItem', 800, 1),
    call('pricing.Quote', 600, 1),
  ]),
  page('POST', '/checkout/start', 6, [
    call('identity.Verify', 500, 1),
    call('cart.GetCart', 800, 1),
    call('shipping.Quote', 1500, 0, { optional: true }),
  ]),
  page('POST', '/checkout', 8, [call('identity.Verify', 500, 1), call('checkout.PlaceOrder', 9000)]),

  rpc('identity', 'Verify', 1.2, [redis('GET', 'session')]),
  rpc('catalog', 'ListFeatured', 2.5, [
    redis('GET', 'featured'),
    sql('SELECT', 'products', 'SELECT id, title, image FROM products WHERE featured ORDER BY rank LIMIT $1', 4, 0.25),
  ]),
  rpc('catalog', 'GetProduct', 1.8, [
    redis('GET', 'product'),
    sql('SELECT', 'products', 'SELECT * FROM products WHERE id = $1', 2.4, 0.4),
  ]),
  rpc('catalog', 'GetMany', 2.1, [
    sql('SELECT', 'products', 'SELECT id, title, image FROM products WHERE id = ANY($1)', 3.1),
  ]),
  rpc('search', 'Query', 6, [
    {
      do: 'query',
      store: 'elasticsearch',
      verb: 'search',
      table: 'products-v7',
      text: 'POST /products-v7/_search',
      median: 21,
    },
  ]),
  rpc('recommendation', 'ForVisitor', 9, [{ do: 'compute', name: 'rank_candidates', median: 14 }], 0.0015),
  rpc(
    'recommendation',
    'Similar',
    7,
    [{ do: 'compute', name: 'nearest_items', median: 9 }, call('catalog.GetMany', 250)],
    0.0015,
  ),
  rpc('pricing', 'Quote', 0.9, [redis('MGET', 'price')]),
  rpc('pricing', 'QuoteMany', 1.6, [redis('MGET', 'price')]),
  rpc('cart', 'GetCart', 1.1, [redis('HGETALL', 'cart')]),
  rpc('cart', 'AddItem', 1.4, [redis('HSET', 'cart'), redis('EXPIRE', 'cart')]),
  rpc('checkout', 'PlaceOrder', 4, [
    call('cart.GetCart', 800, 1),
    call('pricing.QuoteMany', 600, 1),
    call('shipping.Quote', 1500, 1),
    call('inventory.Reserve', 1200, 1),
    call('payment.Charge', 2500, 2),
    call('orders.Create', 1500, 1),
  ]),
  rpc('payment', 'Charge', 5, [
    call('fraud.Score', 400, 0, { optional: true }),
    {
      do: 'external',
      peer: 'api.acquirer.example',
      path: '/v1/charges',
      nextPath: '/v2/charges',
      timeout: 2000,
      retries: 1,
      median: 165,
    },
    sql(
      'INSERT',
      'charges',
      'INSERT INTO charges (id, order_id, amount, currency, state) VALUES ($1, $2, $3, $4, $5)',
      3.2,
    ),
    { do: 'publish', topic: 'payments' },
  ]),
  rpc('fraud', 'Score', 6, [redis('MGET', 'velocity'), { do: 'compute', name: 'evaluate_model', median: 11 }]),
  rpc('inventory', 'CheckStock', 1.4, [
    sql('SELECT', 'stock_levels', 'SELECT on_hand - reserved FROM stock_levels WHERE sku = $1', 2.2),
  ]),
  rpc('inventory', 'Reserve', 3, [
    sql(
      'UPDATE',
      'stock_levels',
      'UPDATE stock_levels SET reserved = reserved + $2 WHERE sku = $1 AND on_hand - reserved >= $2',
      4.5,
    ),
    {
      do: 'external',
      peer: 'wms.partner.example',
      path: '/holds',
      nextPath: '/v2/holds',
      timeout: 800,
      retries: 1,
      median: 42,
    },
    { do: 'publish', topic: 'stock' },
  ]),
  rpc('shipping', 'Quote', 2.2, [
    {
      do: 'external',
      peer: 'rates.carrier.example',
      path: '/rates',
      nextPath: '/rates',
      timeout: 1000,
      retries: 0,
      median: 58,
    },
  ]),
  rpc('orders', 'Create', 3.4, [
    sql('INSERT', 'orders', 'INSERT INTO orders (id, customer_id, total, state) VALUES ($1, $2, $3, $4)', 4.1),
    { do: 'publish', topic: 'orders' },
  ]),
]

export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  OPERATION_LIST.map((operation) => [operation.key, operation]),
)

export interface ConsumerShape {
  readonly topic: Topic
  readonly role: Role
  /** what follows the service's name in the group's name */
  readonly task: string
  /** time one record takes */
  readonly work: number
  readonly steps: readonly Step[]
  /** leaves the process when a record cannot be read, instead of setting it aside */
  readonly exitsOnBadRecord: boolean
}

export const PARTITIONS: Readonly<Record<Topic, number>> = { orders: 6, payments: 3, stock: 4 }

export const CONSUMERS: readonly ConsumerShape[] = [
  {
    topic: 'orders',
    role: 'shipping',
    task: 'allocator',
    work: 22,
    steps: [redis('HSET', 'parcel')],
    exitsOnBadRecord: false,
  },
  { topic: 'payments', role: 'notification', task: 'receipts', work: 35, steps: [], exitsOnBadRecord: true },
  {
    topic: 'payments',
    role: 'orders',
    task: 'settlement',
    work: 9,
    steps: [sql('UPDATE', 'orders', "UPDATE orders SET state = 'paid' WHERE id = $1", 3.6)],
    exitsOnBadRecord: false,
  },
  {
    topic: 'stock',
    role: 'search',
    task: 'indexer',
    work: 12,
    steps: [
      {
        do: 'query',
        store: 'elasticsearch',
        verb: 'index',
        table: 'products-v7',
        text: 'PUT /products-v7/_doc/?',
        median: 8,
      },
    ],
    exitsOnBadRecord: true,
  },
]

/** Edges that the topology holds: caller -> callee, each once, in a stable order. */
export function edges(): ReadonlyArray<readonly [Role, Role]> {
  const seen = new Map<string, readonly [Role, Role]>()
  const walk = (role: Role, steps: readonly Step[]): void => {
    for (const step of steps) {
      if (step.do === 'together') walk(role, step.steps)
      if (step.do === 'call') {
        const to = step.to.slice(0, step.to.indexOf('.')) as Role
        seen.set(`${role}>${to}`, [role, to])
      }
    }
  }
  for (const operation of OPERATION_LIST) walk(operation.role, operation.steps)
  return [...seen.values()]
}
