// A line without axes, for a table cell: the shape of the last while. Gaps are gaps; the baseline is zero.

import { useMemo } from 'react'

export interface SparklineProps {
  readonly values: ArrayLike<number>
  /** what it shows in words, for those who do not see it */
  readonly label: string
  readonly width?: number
  readonly height?: number
  readonly colour?: string
  /** the same for rows that are compared */
  readonly max?: number
  readonly area?: boolean
}

export function Sparkline({
  values,
  label,
  width = 96,
  height = 18,
  colour = 'var(--n10)',
  max,
  area = false,
}: SparklineProps) {
  const { line, fill } = useMemo(() => {
    let top = max ?? 0
    if (max === undefined)
      for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) top = Math.max(top, values[i] as number)
    const x = (i: number): string =>
      (values.length < 2 ? width / 2 : (i / (values.length - 1)) * (width - 2) + 1).toFixed(1)
    const y = (v: number): string => (height - 1.5 - (top > 0 ? Math.min(1, v / top) : 0) * (height - 3)).toFixed(1)
    let d = ''
    let filled = ''
    let start = -1
    for (let i = 0; i <= values.length; i++) {
      const v = i < values.length ? (values[i] as number) : Number.NaN
      if (Number.isFinite(v)) {
        d += `${start < 0 ? 'M' : 'L'}${x(i)} ${y(v)}`
        if (start < 0) {
          start = i
          filled += `M${x(i)} ${height - 1.5}`
        }
        filled += `L${x(i)} ${y(v)}`
      } else if (start >= 0) {
        if (start === i - 1) d += 'h0.01'
        filled += `L${x(i - 1)} ${height - 1.5}Z`
        start = -1
      }
    }
    return { line: d, fill: filled }
  }, [values, width, height, max])
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {area && <path d={fill} fill={colour} opacity={0.2} />}
      <path d={line} fill="none" stroke={colour} strokeWidth={1.2} strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  )
}
