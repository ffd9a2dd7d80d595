// Names of operations where there is no room.
import { expect, test } from 'vitest'
import { shortOperation } from './operation.ts'

test('of a gRPC method the package goes first; other names stay as they are', () => {
  expect(
    [
      'shop.checkout.v1.CheckoutService/PlaceOrder',
      'Cart/Get',
      'GET /v1.2/orders/{id}',
      'a.b.c',
      'process payments.settled',
    ].map(shortOperation),
  ).toEqual(['…CheckoutService/PlaceOrder', 'Cart/Get', 'GET /v1.2/orders/{id}', 'a.b.c', 'process payments.settled'])
})
