// Stories in the browser against real servers (npm run test:live).

import base from './playwright.config.ts'

export default { ...base, testDir: 'test/live' }
