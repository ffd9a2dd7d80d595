// An event that only its owner can fire and anyone can hear.

export type Listener<T> = (value: T) => void

export type Event<T> = (listener: Listener<T>) => Disposable

export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<Listener<T>>()

  readonly event: Event<T> = (listener) => {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value)
  }

  [Symbol.dispose](): void {
    this.#listeners.clear()
  }
}
