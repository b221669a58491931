/**
 * Where the host's classic script is, for browsers that run no module workers. The build puts the address here (see
 * `vite.config.ts`). In development there is no such script: modules are served one by one, and a browser without module
 * workers gets the host only from a build.
 */
export const CLASSIC_HOST: string | undefined = undefined
