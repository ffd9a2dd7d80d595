// What the programs of the shop write, operation by operation. `{names}` are filled in from the request at
// hand: what two lines of it tell is the same in both ({n}), what is left is not more than there was.
// Levels are OTLP severity numbers: 5 debug, 9 info, 13 warn, 17 error.

export interface Line {
  readonly at: 'start' | 'end'
  readonly severity: number
  readonly text: string
  /** share of the requests that write it */
  readonly share: number
}

const start = (text: string, severity = 9, share = 1): Line => ({ at: 'start', severity, text, share })
const end = (text: string, severity = 9, share = 1): Line => ({ at: 'end', severity, text, share })

/** By operation key; written when it begins, or when it ended well. */
export const OPERATION_LINES: Readonly<Record<string, readonly Line[]>> = {
  'frontend.GET /': [
    start('render home for visitor {user} ({device}, {country})'),
    end('home rendered in {ms} ms, {n} tiles'),
  ],
  'frontend.GET /search': [start('search page requested by {user}'), end('search page rendered in {ms} ms')],
  'frontend.GET /products/{id}': [
    start('product page {sku} requested by {user}'),
    end('product page {sku} rendered in {ms} ms'),
  ],
  'frontend.POST /cart/items': [start('add {sku} to cart of {user}'), end('cart of {user} now holds {lines} items')],
  'frontend.POST /checkout/start': [
    start('checkout started by {user}'),
    end('offered {few} delivery options to {user} in {country}'),
  ],
  'frontend.POST /checkout': [
    start('checkout submitted by {user}, total {amount} {currency}'),
    end('order {order} confirmed to {user} after {ms} ms'),
  ],
  'identity.Verify': [
    start('verifying session of {user}', 5),
    end('session of {user} valid, tier {tier}'),
    end('token {token} expires in {n} min', 5, 0.3),
  ],
  'catalog.ListFeatured': [
    start('listing featured products for {country}', 5),
    end('featured list served, {n} products'),
  ],
  'catalog.GetProduct': [start('cache lookup for product {sku}', 5), end('product {sku} loaded in {ms} ms')],
  'catalog.GetMany': [start('batch of {n} products requested', 5), end('resolved {n} of {n} products')],
  'search.Query': [
    start('parsed query with {n} terms, filters=[country:{country}]'),
    end('query returned {hits} hits in {ms} ms'),
    end('cache refresh skipped, generation {n} is current', 5, 0.5),
  ],
  'recommendation.ForVisitor': [
    start('ranking candidates for {user}', 5),
    end('ranked {hits} candidates for {user} in {ms} ms'),
  ],
  'recommendation.Similar': [start('nearest items of {sku}', 5), end('found {n} items like {sku}')],
  'pricing.Quote': [start('price lookup {sku} tier={tier}', 5), end('quoted {sku} at {amount} {currency}')],
  'pricing.QuoteMany': [
    start('price lookup of {lines} items tier={tier}', 5),
    end('quoted {lines} items, total {amount} {currency}'),
  ],
  'cart.GetCart': [start('HGETALL cart of {user}', 5), end('cart of {user} has {lines} lines')],
  'cart.AddItem': [start('adding {sku} x1 to cart of {user}'), end('cart of {user} saved, ttl 72h')],
  'checkout.PlaceOrder': [
    start('placing order {order} for {user}: {lines} lines, {amount} {currency}'),
    start('order {order}: validating prices and delivery to {country}', 5),
    end('order {order} placed in {ms} ms'),
  ],
  'payment.Charge': [
    start('charging {amount} {currency} for order {order}'),
    end('charge for order {order} captured, auth code {token}'),
    end('acquirer answered in {ms} ms', 5),
  ],
  'fraud.Score': [start('scoring order {order} from {ip}', 5), end('score {score} for order {order}: accept')],
  'inventory.CheckStock': [start('stock check {sku}', 5), end('{sku}: {stock} available')],
  'inventory.Reserve': [
    start('reserving {sku} for order {order}'),
    end('reserved 1 of {sku} for order {order}, {stock} left'),
    end('hold {token} acknowledged by warehouse', 5),
  ],
  'shipping.Quote': [
    start('rating parcel to {country}', 5),
    end('carrier offered {few} rates to {country} in {ms} ms'),
  ],
  'orders.Create': [start('creating order {order}'), end('order {order} stored, state=accepted')],
  'shipping.allocator': [end('parcel allocated for order {order}, depot {n}')],
  'notification.receipts': [end('receipt for order {order} sent to {user}')],
  'orders.settlement': [end('order {order} marked as paid')],
  'search.indexer': [end('stock of {sku} indexed')],
}

/** Lines of the programs themselves, whether or not anyone asks anything of them. */
export const BACKGROUND_LINES: ReadonlyArray<{
  readonly language: 'go' | 'java' | 'nodejs' | 'python' | 'any'
  readonly severity: number
  readonly text: string
  readonly weight: number
}> = [
  { language: 'any', severity: 5, text: 'GET /healthz 200 {ms}ms', weight: 5 },
  { language: 'any', severity: 5, text: 'GET /readyz 200 {ms}ms', weight: 4 },
  { language: 'any', severity: 5, text: 'exported {hits} spans, {n} metrics to collector', weight: 2 },
  { language: 'any', severity: 9, text: 'connection pool: {n} idle, 0 waiting', weight: 1 },
  {
    language: 'java',
    severity: 9,
    text: '[gc] GC({run}) Pause Young (Normal) (G1 Evacuation Pause) {heap}M->{kept}M(512M) {ms}ms',
    weight: 3,
  },
  { language: 'go', severity: 5, text: 'gc {run} @{uptime}s 0%: {ms} ms clock', weight: 2 },
  { language: 'python', severity: 5, text: 'worker heartbeat ok, {n} tasks since last', weight: 2 },
  { language: 'nodejs', severity: 5, text: 'event loop lag {ms} ms', weight: 2 },
  { language: 'any', severity: 9, text: 'feature flags refreshed, {n} flags, etag {token}', weight: 0.6 },
  {
    language: 'any',
    severity: 13,
    text: 'config key "http.keepAlive" is deprecated, use "http.keepalive.enabled"',
    weight: 0.15,
  },
]

/** The last stage of the batch workload, line by line. */
export const BATCH_LINES: readonly string[] = [
  'aggregated {hits} rows of partition {n} in {ms} ms',
  'partition {n} written to object store, {hits} KiB',
  'sorting {hits} rows in memory',
]
