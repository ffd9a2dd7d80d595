// The same for canvases: all that is written on one, by us or by the chart library, is measured and drawn with nothing hidden.

import { visible } from '../../../shared/base/visible.ts'

type Context = Pick<CanvasRenderingContext2D, 'fillText' | 'strokeText' | 'measureText'>

/** Once, before anything is drawn. */
export function showAllOnCanvas(context: Context): void {
  const { fillText, strokeText, measureText } = context
  Object.assign(context, {
    fillText(this: Context, text: string, ...place: [number, number, number?]) {
      fillText.call(this, visible(text), ...place)
    },
    strokeText(this: Context, text: string, ...place: [number, number, number?]) {
      strokeText.call(this, visible(text), ...place)
    },
    measureText(this: Context, text: string) {
      return measureText.call(this, visible(text))
    },
  } satisfies Context)
}
