// One trace inside another view. What is folded, zoomed and chosen stays with the panel, not in the host's address.

import { IconButton } from '../../ui/index.ts'
import { useT } from '../../i18n/index.ts'
import { openTarget, type PanelProps } from '../../workbench/index.ts'
import { TraceDetail } from './trace/TraceDetail.tsx'

export default function DetailPanel({ traceId, spanId, sources, onClose }: PanelProps['traces.detail']) {
  const t = useT()
  return (
    <TraceDetail
      key={traceId}
      traceId={traceId}
      spanId={spanId}
      sources={sources}
      keeps="panel"
      actions={
        <>
          <IconButton
            icon="expand"
            label={t('traces.openFull')}
            onClick={() =>
              openTarget({
                view: 'traces',
                path: [traceId],
                params: { span: spanId, source: sources?.length === 1 ? sources[0] : undefined },
              })
            }
          />
          {onClose && <IconButton icon="close" label={t('ui.close')} keys="Escape" onClick={onClose} />}
        </>
      }
    />
  )
}
