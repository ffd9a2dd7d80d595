// Property tests draw the same cases on every machine, so that a red run can be repeated. Other cases are drawn with
// `WATCHDECK_PROPERTY_SEED=$RANDOM npm run test:unit`.

import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.WATCHDECK_PROPERTY_SEED ?? 20_261_123) })
