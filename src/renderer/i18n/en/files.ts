// English words of the files feature.
export const files = {} as const
