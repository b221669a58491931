/** What the app's page needs to start without its host. The build puts the names in; the development server leaves it empty. */

/** Addresses of the files, the page first; their names change with their content. */
export const SHELL_FILES: readonly string[] = []
/** One word for exactly these files. */
export const SHELL_VERSION: string = 'development'
