// The data view: what is here (`#/import`, one source `#/import/<id>`), files about to be read (`?paths=`), an import
// that runs or has ended (`?job=`).

import { useParam } from '../../workbench/index.ts'
import { DataPage } from './DataPage.tsx'
import { PreviewPage } from './PreviewPage.tsx'
import { ReportPage } from './ReportPage.tsx'

const NO_PATHS: readonly string[] = []

export default function ImportView() {
  const [job] = useParam('job', '')
  const [given] = useParam('paths', NO_PATHS)
  const paths = given.filter((path) => typeof path === 'string')
  if (job !== '') return <ReportPage key={job} id={job} />
  if (paths.length > 0) return <PreviewPage key={paths.join('\n')} paths={paths} />
  return <DataPage />
}
