// Whatever reaches the page through React or a canvas has nothing hidden in it; values that are typed or kept are left alone.
import { expect, test } from 'vitest'
import { showAllOnCanvas } from './canvas.ts'
import { shownProps } from './jsx-runtime.ts'

const HIDDEN = 'paid\u202E001'
const SHOWN = 'paid⟨U+202E⟩001'

test('children and what is read aloud are written out, the value of a field and a key of the data are not', () => {
  const props = { children: HIDDEN, title: HIDDEN, 'aria-label': HIDDEN, value: HIDDEN, id: HIDDEN }
  expect(shownProps('span', props)).toEqual({ ...props, children: SHOWN, title: SHOWN, 'aria-label': SHOWN })
  // a component may do more with its title than show it: the element that shows it comes through here as well
  expect(shownProps(() => null, { title: HIDDEN, children: ['a', HIDDEN, 3] })).toEqual({
    title: HIDDEN,
    children: ['a', SHOWN, 3],
  })
})

test('where nothing hides, the props are the same object', () => {
  const props = { children: ['a', 'b'], title: 'c' }
  expect(shownProps('p', props)).toBe(props)
})

test('a canvas measures and writes what is seen', () => {
  const seen: string[] = []
  const context = {
    fillText: (text: string) => void seen.push(text),
    strokeText: (text: string) => void seen.push(text),
    measureText: (text: string): TextMetrics => {
      seen.push(text)
      return {} as TextMetrics
    },
  }
  showAllOnCanvas(context)
  context.fillText(HIDDEN)
  context.strokeText(HIDDEN)
  context.measureText(HIDDEN)
  expect(seen).toEqual([SHOWN, SHOWN, SHOWN])
})
