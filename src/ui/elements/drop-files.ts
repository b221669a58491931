/** Files in a drag: which there are, and whether a folder is among them. */

export function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

/** The files of a drop, without folders, which say `folder`. */
export function droppedFiles(event: DragEvent): { readonly files: readonly File[]; readonly folder: boolean } {
  const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === 'file')
  const isFolder = (item: DataTransferItem): boolean => item.webkitGetAsEntry()?.isDirectory ?? false
  const files = items
    .filter((item) => !isFolder(item))
    .map((item) => item.getAsFile())
    .filter((file) => file !== null)
  return { files, folder: items.some(isFolder) }
}
