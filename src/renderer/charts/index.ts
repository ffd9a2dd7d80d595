// Pictures of data.
export { Bars, type BarSeries } from './Bars.tsx'
export { CanvasView, type Hit } from './CanvasView.ts'
export { drawInTurn, drawNoMore } from './draw-queue.ts'
export { crosshairOf, onCrosshair, setCrosshair } from './group.ts'
export { Heatmap } from './Heatmap.tsx'
export { LineLane, type LaneProps } from './Lanes.tsx'
export { Scatter, type ScatterGroup } from './Scatter.tsx'
export type { Dot, Mark, Series } from './series.ts'
