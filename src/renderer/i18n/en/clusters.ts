// English words of the clusters feature.
export const clusters = {} as const
