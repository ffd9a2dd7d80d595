// The methods that are streams, by name alone: a client that only asks opens or calls without loading every schema.

/** Those of the contract whose kind is `stream`; test/conformance/contract.test.ts holds the two together. */
export const STREAM_METHODS: readonly string[] = ['jobs.watch', 'system.changes']
