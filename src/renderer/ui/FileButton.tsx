// A button that asks for a file of this computer and hands it on.

import { useRef } from 'react'
import { Button } from './Button.tsx'
import type { IconName } from './Icon.tsx'

interface FileButtonProps {
  readonly label: string
  readonly icon?: IconName
  /** as of an input of files, such as 'application/json,.json' */
  readonly accept: string
  readonly testId: string
  readonly onFile: (file: File) => void
}

export function FileButton({ label, icon, accept, testId, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button {...(icon === undefined ? {} : { icon })} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        hidden
        type="file"
        accept={accept}
        aria-label={label}
        data-testid={testId}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) onFile(file)
          // the same file may be chosen again
          event.target.value = ''
        }}
      />
    </>
  )
}
