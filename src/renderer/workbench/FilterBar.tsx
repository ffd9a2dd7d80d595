// The filters in force, as chips in the header; a click turns one around, the cross takes it away, + adds one by typing.

import { useState } from 'react'
import { useT } from '../i18n/index.ts'
import { Chip } from '../ui/Badge.tsx'
import { Button, IconButton } from '../ui/Button.tsx'
import { Checkbox, TextField } from '../ui/Field.tsx'
import { Popover } from '../ui/Popover.tsx'
import { addFilter, clearFilters, removeFilter, useFilters } from './place-store.ts'
import styles from './workbench.module.css'

export function FilterBar() {
  const t = useT()
  const filters = useFilters()
  const [open, setOpen] = useState(false)
  return (
    <div className={styles['filters']} role="group" aria-label={t('workbench.filters.label')}>
      {filters.map((f) => {
        const text = `${f.field} ${f.exclude ? '≠' : '='} ${f.value}`
        return (
          <Chip
            key={text}
            excluded={f.exclude}
            removeLabel={t('workbench.filters.remove', { filter: text })}
            onClick={() => addFilter({ ...f, exclude: !f.exclude })}
            onRemove={() => removeFilter(f)}
          >
            {text}
          </Chip>
        )
      })}
      <Popover
        open={open}
        onOpenChange={setOpen}
        label={t('workbench.filters.add')}
        trigger={<Button kind="quiet" icon="filter" aria-label={t('workbench.filters.add')} />}
      >
        <AddFilter onDone={() => setOpen(false)} />
      </Popover>
      {filters.length > 1 && <IconButton icon="close" label={t('workbench.filters.clear')} onClick={clearFilters} />}
    </div>
  )
}

function AddFilter({ onDone }: { onDone: () => void }) {
  const t = useT()
  const [field, setField] = useState('service')
  const [value, setValue] = useState('')
  const [exclude, setExclude] = useState(false)
  return (
    <form
      className={styles['stack']}
      onSubmit={(event) => {
        event.preventDefault()
        if (field.trim() === '' || value === '') return
        addFilter({ field: field.trim(), value, exclude })
        onDone()
      }}
    >
      <TextField label={t('workbench.filters.field')} showLabel mono value={field} onChange={setField} />
      <TextField label={t('workbench.filters.value')} showLabel mono value={value} onChange={setValue} />
      <Checkbox label={t('workbench.filters.exclude')} checked={exclude} onChange={setExclude} />
      <Button type="submit" kind="primary">
        {t('workbench.filters.add')}
      </Button>
    </form>
  )
}
