// A worker for the test of the pool: doubles, fails or works for ever.

export interface DoubleTask {
  readonly value: number
}

export default async function double(task: DoubleTask): Promise<number> {
  if (task.value < 0) throw new RangeError('no negative numbers')
  while (task.value === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  return task.value * 2
}
