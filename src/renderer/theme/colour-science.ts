// What eyes make of a colour: contrast of WCAG 2.2, dichromat vision by the matrices of Machado, Oliveira and Fernandes
// (IEEE TVCG 15(6), 2009, severity 1.0), distance in OKLab (Ottosson, 2020). The tests of the palette measure with it.

export type Rgb = readonly [number, number, number]

/** '#rrggbb' as three numbers 0..255. @throws on any other notation. */
export function rgbOf(hex: string): Rgb {
  const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex)
  if (!digits) throw new Error(`${hex} is no colour as #rrggbb`)
  const part = (i: number): number => Number.parseInt(digits[i] ?? '', 16)
  return [part(1), part(2), part(3)]
}

const linear = (v: number): number => (v <= 10.31475 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)

function luminance([r, g, b]: Rgb): number {
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/** 1..21, as WCAG defines it. */
export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

export type Vision = 'normal' | 'protanopia' | 'deuteranopia' | 'tritanopia'

const SEEN: Record<Vision, readonly [Rgb, Rgb, Rgb]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** What an eye sees, as linear light 0..1. */
function seenLight(colour: Rgb, vision: Vision): Rgb {
  const light = [linear(colour[0]), linear(colour[1]), linear(colour[2])] as const
  const row = (i: 0 | 1 | 2): number => {
    const m = SEEN[vision][i]
    return Math.min(1, Math.max(0, m[0] * light[0] + m[1] * light[1] + m[2] * light[2]))
  }
  return [row(0), row(1), row(2)]
}

function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

/** How far apart two colours are for an eye: OKLab distance times 100; 2 is about the least that is noticed side by side. */
export function distance(a: Rgb, b: Rgb, vision: Vision = 'normal'): number {
  const [x, y] = [oklab(seenLight(a, vision)), oklab(seenLight(b, vision))]
  return 100 * Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2])
}

/** How colourful: OKLab chroma times 100; greys are 0, what reads as mud on a page is below about 6. */
export function chroma(colour: Rgb): number {
  const [, a, b] = oklab(seenLight(colour, 'normal'))
  return 100 * Math.hypot(a, b)
}
