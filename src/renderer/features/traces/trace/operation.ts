// The name of an operation where there is no room for all of it.

/**
 * A method of gRPC says at its end what was called; its package is the same for all of them:
 * `shop.checkout.v1.CheckoutService/PlaceOrder` is `…CheckoutService/PlaceOrder`.
 */
export const shortOperation = (name: string): string => name.replace(/^(?:\w+\.)+(?=\w+\/\w+$)/, '…')
