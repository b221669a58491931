/** Files in a drag: which there are, and whether a folder is among them. */

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

/** Takes a drag of files over a place as one that may be dropped there; false for any other drag. */
export function acceptDrag(event: DragEvent): boolean {
  if (!hasFiles(event)) return false
  event.preventDefault()
  if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
  return true
}

/** Has a drag left the place? Moving over its children is not leaving it. */
export function hasLeft(event: DragEvent, place: Node): boolean {
  return !(event.relatedTarget instanceof Node && place.contains(event.relatedTarget))
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
