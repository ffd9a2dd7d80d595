// The version as package.json has it; the build puts it in.
import manifest from '../../package.json' with { type: 'json' }

export const VERSION: string = manifest.version
