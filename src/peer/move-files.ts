/** What backups are to a move and to a drill: things with a root that each cafe has or has not. */
import { CafeError, isErrorCode } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Backups } from './backup.ts'
import type { Backup, BackupAt } from './backup-row.ts'
import type { KeptFile } from './drill-files.ts'
import type { Cargo } from './move.ts'

/** Files, packs and folders as cargo: queued for the new cafe, which fetches from the others what is not here. */
export const filesCargo = (backups: Pick<Backups, 'all' | 'readmitted' | 'retryAll'>): Cargo => ({
  name: 'files',
  async bring(to, { signal }) {
    const at = ({ cafes }: Backup): BackupAt | undefined => cafes.find(({ cafe }) => cafe === to)
    const all = async () => (await backups.all()).map(at)
    if ((await all()).some((one) => one === undefined)) await backups.readmitted(to)
    if ((await all()).some((one) => one?.state === 'failed')) await backups.retryAll({ signal })
    const now = await all()
    const refused = now.find((one) => one?.state === 'failed')
    // Waiting changes nothing: it has no room, or does not want it.
    if (refused) throw new CafeError(isErrorCode(refused.reason) ? refused.reason : 'INTERNAL', { cafe: to })
    return now.filter((one) => one?.state !== 'pinned').length
  },
})

/** Everything that cafes say that they have. */
export async function keptFiles(backups: Pick<Backups, 'all'>): Promise<readonly KeptFile[]> {
  const pinned = ({ cafes }: Backup): PeerIdText[] =>
    cafes.filter(({ state }) => state === 'pinned').map(({ cafe }) => cafe)
  return (await backups.all()).map((row) => ({ root: row.root, cafes: pinned(row) }))
}
