/** Whether this page can make direct connections: it is asked to connect to itself. */

/** What an address of a candidate is: hidden behind a name, plain, seen by a server, or something else. */
export type CandidateKind = 'mdns' | 'host' | 'srflx' | 'unknown'

export const canConnect = (): boolean => 'RTCPeerConnection' in globalThis

/** Two connections of this page, each other's ends: no server takes part, and nothing is sent. */
export async function loopback(
  signal: AbortSignal,
): Promise<{ readonly connected: boolean; readonly kinds: readonly CandidateKind[] }> {
  const ends = [new RTCPeerConnection(), new RTCPeerConnection()] as const
  const kinds = new Set<CandidateKind>()
  try {
    for (const [i, end] of ends.entries()) {
      end.addEventListener('icecandidate', ({ candidate }) => {
        if (!candidate || candidate.candidate === '') return
        kinds.add(kindOf(candidate))
        // One that comes when all is closed is of no use to anybody.
        ends[1 - i]?.addIceCandidate(candidate).catch(() => {})
      })
    }
    const channel = ends[0].createDataChannel('doctor')
    const opened = new Promise<boolean>((resolve) => {
      channel.addEventListener('open', () => resolve(true))
      signal.addEventListener('abort', () => resolve(false))
    })
    await ends[0].setLocalDescription()
    await ends[1].setRemoteDescription(ends[0].localDescription as RTCSessionDescription)
    await ends[1].setLocalDescription()
    await ends[0].setRemoteDescription(ends[1].localDescription as RTCSessionDescription)
    return { connected: await opened, kinds: [...kinds] }
  } finally {
    for (const end of ends) end.close()
  }
}

function kindOf({ type, address }: RTCIceCandidate): CandidateKind {
  if (address?.endsWith('.local')) return 'mdns'
  return type === 'host' || type === 'srflx' ? type : 'unknown'
}
