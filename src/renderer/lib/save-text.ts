// Hands a text to the browser (or Electron's window) as a file.

export function saveText(parts: readonly string[], name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // it is read after the click has been handled
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
