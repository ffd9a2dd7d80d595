// Lifetimes: whatever opens, listens or schedules returns a Disposable; these are the few ways to make one.

export function disposable(dispose: () => void): Disposable {
  let done = false
  return {
    [Symbol.dispose]() {
      if (done) return
      done = true
      dispose()
    },
  }
}

export function disposeAll(items: readonly Disposable[]): Disposable {
  return disposable(() => {
    for (let i = items.length - 1; i >= 0; i--) items[i]?.[Symbol.dispose]()
  })
}
