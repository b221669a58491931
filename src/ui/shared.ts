/** Fired at the window when files of another program wait in this one: views that show such files look again. */
export const SHARED = 'cafe-shared-files'
