/** What can go wrong with accounts, passphrases and devices, in plain words; by the failure's own data, whatever was asked for. */
import type { CafeError, ErrorCode } from '../core/errors.ts'
import { accountFailures as english } from './texts/en/account-failures.ts'
import { spoken } from './texts/say.ts'

const text = spoken('accountFailures', english)

type ByData = { readonly [C in ErrorCode]?: Readonly<Record<string, string>> }

/** What a person does with accounts and devices. */
export type WalletDoing = 'unlock' | 'wallet' | 'device'

/** The text of a failure that says by its data what it is about. */
export function walletText({ code, data }: CafeError): string | undefined {
  const after = data['after']
  if (code === 'BUSY' && data['what'] === 'passphrase' && typeof after === 'number')
    return text.tooOften(Math.max(1, Math.ceil(after / 1000)))
  const texts = (text.data as ByData)[code]
  const about = [data['what'], data['why']].find((one) => typeof one === 'string' && texts && Object.hasOwn(texts, one))
  return typeof about === 'string' ? texts?.[about] : undefined
}
