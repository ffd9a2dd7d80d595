// English words of the sources feature.
export const sources = {} as const
