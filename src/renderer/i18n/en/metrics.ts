// English words of the metrics feature.
export const metrics = {} as const
