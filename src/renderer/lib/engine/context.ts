// The engine of this page, for hooks and for code outside of components.

import { createContext, useContext } from 'react'
import { assertDefined } from '../../../shared/base/assert.ts'
import type { Client } from '../../../shared/rpc/api.ts'

const EngineContext = createContext<Client | undefined>(undefined)
export const EngineProvider = EngineContext.Provider

export const useEngine = (): Client => assertDefined(useContext(EngineContext), 'no EngineProvider above')

let current: Client | undefined
/** Set once at start-up. */
export const setEngine = (client: Client): void => {
  current = client
}
/** For stores and commands, which live outside of the component tree. */
export const engine = (): Client => assertDefined(current, 'the engine is not connected yet')
