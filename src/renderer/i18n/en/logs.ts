// English words of the logs feature.
export const logs = {} as const
