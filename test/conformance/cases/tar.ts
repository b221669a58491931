/** Files and directories as a TAR: 6 cases. */
import { type Case, casesOf, type Row } from '../case.ts'

const ROOT = 'bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i'
const FILE = 'bafkreialihlqnf5uwo4byh4n3cmwlntwqzxxs2fg5vanqdi3d7tb2l5xkm'
const INSIDE = 'bafybeibfevfxlvxp5vxobr5oapczpf7resxnleb7tkqmdorc4gl5cdva3y'
const OUTSIDE = 'bafybeicaj7kvxpcv4neaqzwhrqqmdstu4dhrwfpknrgebq6nzcecfucvyu'
const TEXT = 'I am a txt file on path with utf8\n'
const HEADERS = {
  'content-type': { has: ['application/x-tar'] },
  'content-disposition': { has: ['attachment;'] },
  etag: { has: [`W/"${FILE}.x-tar`] },
}

const plain: Row[] = [
  {
    name: 'a file for format=, under its CID',
    request: { path: `/ipfs/${FILE}?format=tar` },
    expect: { status: 200, headers: HEADERS, body: { tar: [{ path: FILE, text: TEXT }] } },
  },
  {
    name: 'a file for Accept',
    request: { path: `/ipfs/${FILE}`, headers: { accept: 'application/x-tar' } },
    expect: { status: 200, headers: HEADERS, body: { tar: [{ path: FILE }] } },
  },
  {
    name: 'a directory has all below it, under the CID of the root',
    request: { path: `/ipfs/${ROOT}?format=tar` },
    expect: { status: 200, body: { tar: [{ path: `${ROOT}/ą/ę/file-źł.txt`, text: TEXT }] } },
  },
  {
    name: 'under another name, of any script',
    request: { path: `/ipfs/${ROOT}?filename=testтест.tar&format=tar` },
    expect: {
      status: 200,
      headers: {
        'content-disposition': {
          has: [`attachment; filename="test____.tar"; filename*=UTF-8''test%D1%82%D0%B5%D1%81%D1%82.tar`],
        },
      },
    },
  },
]

export const tarCases: Case[] = [
  ...casesOf('tar', 'path_gateway_tar/fixtures', plain),
  ...casesOf('tar', 'path_gateway_tar/outside-root', [
    {
      name: 'names that lead out of the root are refused',
      request: { path: `/ipfs/${OUTSIDE}?format=tar` },
      expect: { status: [400, 422, 500, 502] },
    },
  ]),
  ...casesOf('tar', 'path_gateway_tar/inside-root', [
    {
      name: 'names that lead up, but stay in the root, are resolved',
      request: { path: `/ipfs/${INSIDE}?format=tar` },
      expect: { status: 200, body: { tar: [{ path: `${INSIDE}/foobar/file`, text: 'Hello, world!\n' }] } },
    },
  ]),
]
