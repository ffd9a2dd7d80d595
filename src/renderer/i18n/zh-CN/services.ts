// Chinese words of the services feature.
import type { Words } from '../words.ts'

export const services: Words<'services'> = {}
