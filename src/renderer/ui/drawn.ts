// The icons and shapes of Icon and Badge without React, for rows that are painted into kept elements.

import { type Tone, toneVar } from '../theme/palette.ts'
import { SHAPES } from './Badge.tsx'
import { type IconName, ICON_PATHS } from './Icon.tsx'
import styles from './Icon.module.css'

function drawn(size: number, box: number, d: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('width', String(size))
  svg.setAttribute('height', String(size))
  svg.setAttribute('viewBox', `0 0 ${box} ${box}`)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', d)
  svg.append(path)
  return svg
}

/** `name` undefined: its place, empty. */
export function drawnIcon(name: IconName | undefined, size: number): SVGSVGElement {
  const svg = drawn(size, 16, name === undefined ? '' : ICON_PATHS[name])
  svg.setAttribute('class', styles['icon'] ?? '')
  return svg
}

export function setIcon(svg: SVGSVGElement, name: IconName | undefined): void {
  const d = name === undefined ? '' : ICON_PATHS[name]
  const path = svg.firstElementChild
  if (path && path.getAttribute('d') !== d) path.setAttribute('d', d)
}

export function drawnShape(tone: Tone, label?: string): SVGSVGElement {
  const svg = drawn(10, 12, '')
  svg.style.flex = 'none'
  svg.dataset['colour'] = ''
  svg.firstElementChild?.setAttribute('fill', 'currentColor')
  setShape(svg, tone)
  if (label !== undefined) {
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', label)
    svg.removeAttribute('aria-hidden')
  }
  return svg
}

export function setShape(svg: SVGSVGElement, tone: Tone): void {
  svg.style.color = toneVar(tone)
  svg.firstElementChild?.setAttribute('d', SHAPES[tone])
}
