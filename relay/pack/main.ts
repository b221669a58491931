/**
 * The packed program: every role in one script, told apart by its first word. Without a word it is the relay, so that the
 * flags of `npm start` work here too. Exit codes are those of the role; 2 for a word that is none.
 */
import { BUILT_IN, builtIn } from './assets.ts'
import { askHealth } from './health.ts'
import { VERSION } from './version.ts'

/** Each is a program of its own, which reads what follows its name on the command line. */
const ROLES: Readonly<Record<string, () => Promise<unknown>>> = {
  relay: () => import('../main.ts'),
}

const USAGE = `Popup Cafe ${VERSION}

  popup-cafe [relay] [flags]  serves the app, and joins browsers that cannot reach each other
  popup-cafe health [url]     asks a running one; exit code 0 if it is well, 1 if not
  popup-cafe --version

Flags of a role: popup-cafe relay --help
`

async function main(args: readonly string[]): Promise<void> {
  const [word = 'relay', ...rest] = args
  if (word === '--help' || word === '-h' || word === 'help') return void process.stdout.write(USAGE)
  if (word === '--version' || word === '-v') return void process.stdout.write(`${VERSION}\n`)
  if (word === 'health') return leave(await askHealth(rest[0] ?? process.env.HEALTH_URL, process.env.PORT))
  const role = word.startsWith('-') ? 'relay' : word
  const start = ROLES[role]
  if (!start || !Object.hasOwn(ROLES, role)) {
    process.stderr.write(`There is no "${word}".\n\n${USAGE}`)
    process.exitCode = 2
    return
  }
  if (word === role) process.argv.splice(2, 1)
  // The executable brings the app along; whoever names a folder is served that one.
  if (builtIn()) process.env.APP ||= BUILT_IN
  await start()
}

function leave({ well, text }: { readonly well: boolean; readonly text: string }): void {
  process.exitCode = well ? 0 : 1
  process[well ? 'stdout' : 'stderr'].write(`${text}\n`)
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`, () => process.exit(1))
})
