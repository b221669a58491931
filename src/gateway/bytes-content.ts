/** Bytes that are there already as content with ranges: a block, a page. */
import type { Bytes } from './blocks.ts'
import type { Content } from './content.ts'

export function contentOf(bytes: Bytes): Content {
  return {
    size: bytes.byteLength,
    stream: (start, end) =>
      new ReadableStream(
        {
          pull(controller) {
            if (start < end) controller.enqueue(bytes.subarray(start, end))
            controller.close()
          },
        },
        { highWaterMark: 0 },
      ),
  }
}
