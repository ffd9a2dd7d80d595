// English words of the traces feature.
export const traces = {} as const
