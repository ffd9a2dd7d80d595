// English words of the reports feature.
export const reports = {} as const
