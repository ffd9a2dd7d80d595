// What features plug into.
export { HelpLink } from './HelpLink.tsx'
export { askAbout, type Question } from './asking.ts'
export { takeFiles } from './bring-files.ts'
export { type Command, useCommands } from './commands.ts'
export { copyText } from './copy.ts'
export { type Filter, logQueryOf, serviceOf, spanFilterOf } from './filters.ts'
export { baseName, openIncidentFile } from './incident-file.ts'
export { linkTo, openTarget, parseTarget, type Target } from './links.ts'
export { Panel } from './Panel.tsx'
export type { PanelName, PanelProps } from './panels.ts'
export { pin, setCurrentIncident, usePinning } from './pinning.ts'
export {
  addFilter,
  brushRange,
  type CurrentRange,
  currentPlace,
  currentRange,
  goTo,
  movePlace,
  onRangeChange,
  removeFilter,
  setParam,
  setParams,
  setRange,
  useFilters,
  useParam,
  usePlace,
  useRange,
  useScope,
  useSources,
} from './place-store.ts'
export type { Param, Params, Place, RangeText } from './place.ts'
export type { Feature, View } from './registry.ts'
export { saveTable, saveTrace } from './table-file.ts'
export { dismissToast, toast, toastError, undoBy } from './toasts.ts'
export { WhyButton } from './WhyButton.tsx'
export { useSourceName } from './source-names.ts'
export { useSourceColumn } from './source-column.tsx'
export { WaysOut } from './WaysOut.tsx'
export { TableInAddress } from './TableInAddress.tsx'
export { useValueMenu, type ValueMenu, type ValueSubject } from './value-menu.tsx'
