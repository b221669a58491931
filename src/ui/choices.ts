/** Choices of a person that hold on this device, as text by name. Where the browser keeps nothing for us there are none. */

/** What was chosen; undefined while nothing was. */
export function readChoice(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined
  } catch {
    // no storage for this page
    return undefined
  }
}

/** Keeps a choice, or none. Where that fails it holds until the page is left. */
export function keepChoice(name: string, choice: string | undefined): void {
  try {
    if (choice === undefined) localStorage.removeItem(name)
    else localStorage.setItem(name, choice)
  } catch {
    // as above
  }
}
