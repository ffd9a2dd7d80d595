// What another language must bring: exactly the keys of the English file of that name.
import type { en } from './en/index.ts'

type English = typeof en
export type Words<F extends keyof English> = { readonly [K in keyof English[F]]: string }
export type Catalogue = { readonly [F in keyof English]: Words<F> }
