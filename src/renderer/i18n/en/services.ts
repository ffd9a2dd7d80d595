// English words of the services feature.
export const services = {} as const
