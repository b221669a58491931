/** Light and dark as the system says, also when it changes its mind: the component library wants a class for it. */

/** Keeps `wa-dark` on the root element in step with the system's colour scheme. Call once. */
export function followColorScheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => document.documentElement.classList.toggle('wa-dark', dark.matches)
  apply()
  dark.addEventListener('change', apply)
}
