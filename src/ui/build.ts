/** Which build of the app this is. The build puts the values in; the development server leaves them. */

export interface Build {
  readonly version: string
  /** Day of the source it was made of, `YYYY-MM-DD`; undefined where that is not known. */
  readonly date: string | undefined
}

export const BUILD: Build = { version: 'development', date: undefined }
