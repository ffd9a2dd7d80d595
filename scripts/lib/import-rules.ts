// The table of allowed imports. A room is the part of the house that a file lives in; what is not listed is refused.

import { builtinModules } from 'node:module'

/** `src/main/traces/search.ts` lives in `main/traces`. The most specific room wins. */
export function room(path: string): string {
  const [, area = '', second = '', third = ''] = path.split('/')
  const isFile = (part: string) => /\.\w+$/.test(part)
  if (area === 'preload') return 'preload'
  if (second === '' || isFile(second)) return `${area}/root`
  if (area === 'main' && second === 'connectors') return isFile(third) ? 'main/connectors' : `main/connectors/${third}`
  if (area === 'renderer' && second === 'features')
    return isFile(third) ? 'renderer/features' : `renderer/features/${third}`
  return `${area}/${second}`
}

const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'shared/base': [],
  'shared/frame': ['shared/base'],
  'shared/i18n': ['shared/base'],
  'shared/domain': ['shared/base', 'shared/frame'],
  'shared/wire': ['shared/base', 'shared/frame', 'shared/domain'],
  'shared/promql': ['shared/base', 'shared/frame', 'shared/domain'],
  'shared/rpc': ['shared/base', 'shared/frame', 'shared/domain', 'shared/contract'],
  'shared/contract': ['shared/base', 'shared/frame', 'shared/domain'],
  'main/platform': ['shared/*'],
  'main/storage': ['shared/*', 'main/platform'],
  'main/engine': ['shared/*', 'main/platform', 'main/storage'],
  'main/web': ['shared/*', 'main/platform', 'main/engine'],
  'main/electron': ['shared/*', 'main/platform', 'main/engine'],
  'main/cli': ['shared/*', 'main/platform', 'main/engine'],
  'main/root': ['shared/*', 'main/*', 'package.json'],
  preload: ['shared/contract'],
  'renderer/root': ['renderer/*', 'shared/*'],
  'renderer/app': ['renderer/*', 'shared/*'],
  'renderer/theme': ['renderer/lib', 'shared/*'],
  'renderer/i18n': ['renderer/lib', 'shared/*'],
  'renderer/lib': ['renderer/i18n', 'shared/*'],
  'renderer/ui': ['renderer/lib', 'renderer/i18n', 'renderer/theme', 'shared/*'],
  'renderer/charts': ['renderer/lib', 'renderer/i18n', 'renderer/theme', 'renderer/ui', 'shared/*'],
  'renderer/workbench': [
    'renderer/ui',
    'renderer/charts',
    'renderer/lib',
    'renderer/i18n',
    'renderer/theme',
    'shared/*',
  ],
}

function rulesOf(from: string): readonly string[] | undefined {
  const listed = ROOMS[from]
  if (listed) return listed
  if (from.startsWith('main/connectors/')) return ['shared/*', 'main/platform', 'main/connectors/common']
  // a capability
  if (from.startsWith('main/')) return ['shared/*', 'main/platform', 'main/engine', 'main/storage']
  if (from.startsWith('renderer/features/'))
    return [
      'renderer/workbench',
      'renderer/ui',
      'renderer/charts',
      'renderer/lib',
      'renderer/i18n',
      'renderer/theme',
      'shared/*',
    ]
  return undefined
}

const BUILTINS: ReadonlySet<string> = new Set(builtinModules)
/** pure packages that shared code may use, by room; zod everywhere */
const SHARED_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'shared/domain': ['re2js'],
  'shared/promql': ['@prometheus-io/lezer-promql', '@lezer/common', 're2js'],
  'shared/wire': ['js-yaml'],
}

/** Undefined when it is fine, else why not. */
export function allowed(fromPath: string, target: string, local: boolean): string | undefined {
  const from = room(fromPath)
  if (!local) return packageRule(fromPath, from, target)
  if (/\.(css|svg|png)$/.test(target))
    return from.startsWith('renderer') ? undefined : 'styles and pictures belong to the renderer'
  if (from.startsWith('main/') && fromPath.endsWith('.worker.ts') && target.startsWith('src/shared/')) return undefined
  // the help shows the guide's own words
  if (/^docs\/[\w.-]+\.md$/.test(target) && fromPath.startsWith('src/renderer/app/help/')) return undefined
  const to = target === 'package.json' ? target : room(target)
  if (from === to) return undefined
  const rules = rulesOf(from)
  if (!rules) return `${from} is not in the table of rooms`
  const fits = rules.some((rule) => rule === to || (rule.endsWith('/*') && to.startsWith(rule.slice(0, -1))))
  return fits ? undefined : `${from} may import ${rules.join(', ') || 'nothing'}`
}

function packageRule(path: string, from: string, target: string): string | undefined {
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? target)
  const builtin = target.startsWith('node:') || BUILTINS.has(name)
  if (name === 'electron')
    return from === 'main/electron' || path === 'src/main/index.ts' || from === 'preload'
      ? undefined
      : 'only main/electron, main/index.ts and the preload import electron'
  if (from.startsWith('shared/')) {
    if (builtin) return 'shared code runs anywhere: no Node'
    return name === 'zod' || SHARED_PACKAGES[from]?.includes(name) ? undefined : `${from} may not use this package`
  }
  if (from === 'preload') return 'the preload imports electron only'
  if (from.startsWith('renderer/')) return builtin ? 'the page has no Node' : undefined
  return name === 'react' || name.startsWith('react-') ? 'the engine has no React' : undefined
}
