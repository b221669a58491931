/** What this is a version of; the build writes that of `package.json` here. */
export const VERSION = 'in development'
