/**
 * The door of the component library: its icons come from our own sprite, never from a network, and as `<use>`, which
 * needs no HTML parsing (Trusted Types). Import this before any `wa-` component.
 */
import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js'
import { iconHref } from './parts.ts'

for (const name of ['default', 'system']) registerIconLibrary(name, { resolver: iconHref, spriteSheet: true })
